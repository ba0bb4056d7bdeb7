package pades

// Conforms runs the check of a sealed file's structure alone: whoever has any key can bring a file before it.
func Conforms(pdf []byte) error {
	f, err := findSeal(pdf)
	if err != nil {
		return err
	}
	d, _, err := f.conforms()
	if err != nil {
		return err
	}
	_, err = d.attachment()
	return err
}
