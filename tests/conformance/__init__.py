"""One suite of promises that every plugin keeps."""
