package api

// PlainResponse is the reader of the bodies that the exam page sends.
var PlainResponse = plainResponse

// PlainVerification, AppendAnswer and AppendRecord are the reader and the writers of checks.
var (
	PlainVerification = plainVerification
	AppendAnswer      = appendAnswer
	AppendRecord      = appendRecord
)
