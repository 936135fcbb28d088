// A page that only has to be put into words.

import { translate } from "./words.js";

translate();
