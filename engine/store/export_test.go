package store

// EncodeEntry is how entries of response logs are written.
var EncodeEntry = encodeEntry
