package main

import (
	"sync"
	"time"

	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/certs/hall"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/certs/station"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

// lazySheets is api.SheetPress and archive.Press over fonts that are unpacked when the first sheet is printed. It prints one at a time, as
// lazyPapers does.
type lazySheets struct {
	open func() (*pdf.Fonts, error)
	sync.Mutex
}

func (l *lazySheets) Print(s *sitting.Sheet) ([]byte, error) {
	return l.with(func(p *hall.Printer) ([]byte, error) { return p.Print(s) })
}

// Report prints the report on a session.
func (l *lazySheets) Report(r *archive.Report, zone *time.Location) ([]byte, error) {
	return l.with(func(p *hall.Printer) ([]byte, error) { return p.Report(r, zone) })
}

func (l *lazySheets) with(print func(*hall.Printer) ([]byte, error)) ([]byte, error) {
	l.Lock()
	defer l.Unlock()
	f, err := l.open()
	if err != nil {
		return nil, err
	}
	return print(hall.New(f))
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
