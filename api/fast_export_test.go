package api

// PlainResponse is the reader of the bodies that the exam page sends.
var PlainResponse = plainResponse

// PlainVerification and AppendAnswer are the reader and the writer of checks.
var (
	PlainVerification = plainVerification
	AppendAnswer      = appendAnswer
)
