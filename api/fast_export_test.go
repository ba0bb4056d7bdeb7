package api

// PlainResponse is the reader of the bodies that the exam page sends.
var PlainResponse = plainResponse
