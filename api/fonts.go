package api

import "sync"

// Bounds of the fonts that are kept: some pages of one hall ask for the same few names.
const (
	fontsKept = 128
	fontBytes = 8 << 20
)

// fontCache keeps the fonts cut last. One font is cut at a time: cutting is the most work that anybody can ask for
// without signing in.
type fontCache struct {
	cutting sync.Mutex

	mu    sync.Mutex // guards the rest
	kept  map[string][]byte
	order []string // oldest first
	bytes int
}

// get returns the font of the points, cut by cut if it is not kept.
func (f *fontCache) get(points string, cut func() ([]byte, error)) ([]byte, error) {
	if font, ok := f.look(points); ok {
		return font, nil
	}
	f.cutting.Lock()
	defer f.cutting.Unlock()
	if font, ok := f.look(points); ok { // whoever held the lock cut the same
		return font, nil
	}
	font, err := cut()
	if err == nil {
		f.keep(points, font)
	}
	return font, err
}

func (f *fontCache) look(points string) ([]byte, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	font, ok := f.kept[points]
	return font, ok
}

// keep adds a font and lets the oldest go until all fit.
func (f *fontCache) keep(points string, font []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil {
		f.kept = map[string][]byte{}
	}
	f.kept[points], f.order, f.bytes = font, append(f.order, points), f.bytes+len(font)
	for len(f.order) > fontsKept || f.bytes > fontBytes {
		oldest := f.order[0]
		f.bytes -= len(f.kept[oldest])
		delete(f.kept, oldest)
		f.order = f.order[1:]
	}
}
