package main

import (
	"sync"

	"github.com/skillcert/skillcert/certs/hall"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/certs/station"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

// lazySheets is api.SheetPress over fonts that are unpacked when the first sheet is printed. It prints one at a time, as
// lazyPapers does.
type lazySheets struct {
	open func() (*pdf.Fonts, error)
	sync.Mutex
}

func (l *lazySheets) Print(s *sitting.Sheet) ([]byte, error) {
	l.Lock()
	defer l.Unlock()
	f, err := l.open()
	if err != nil {
		return nil, err
	}
	return hall.New(f).Print(s)
}

// lazyStation is api.PracticePress in the same way.
type lazyStation struct {
	open func() (*pdf.Fonts, error)
	sync.Mutex
}

func (l *lazyStation) Print(w *practical.Printout) ([]byte, error) {
	l.Lock()
	defer l.Unlock()
	f, err := l.open()
	if err != nil {
		return nil, err
	}
	return station.New(f).Print(w)
}
