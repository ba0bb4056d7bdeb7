package table

// ByLibrary reads a workbook as Read does when its sheet is strange.
func ByLibrary(data []byte, opts Options) (*Table, error) {
	pack, err := directory(data)
	if err != nil {
		return nil, err
	}
	p := newParts()
	p.puzzle()
	err = p.inspect(pack, opts.Sheet)
	return guarded(func() (*Table, error) {
		return readBook(data, func() (*parts, error) { return p, err }, opts)
	})
}

// Strange reports whether only the library reads the sheet.
func Strange(data []byte, opts Options) bool {
	pack, err := directory(data)
	if err != nil {
		return true
	}
	p := newParts()
	return p.inspect(pack, opts.Sheet) != nil || p.strange
}

// Cells are the cells of a row.
func (r Row) Cells() []string { return r.cells }
