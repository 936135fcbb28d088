"""The promises of a plugin, by what they are about; `PluginConformance` has them all."""
