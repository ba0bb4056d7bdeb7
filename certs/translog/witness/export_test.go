package witness

// Reread is a request as it is written after it was read.
func Reread(body []byte) ([]byte, error) {
	r, err := parseRequest(body)
	return r.bytes(), err
}
