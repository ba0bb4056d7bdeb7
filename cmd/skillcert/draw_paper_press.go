package main

import (
	"sync"

	"github.com/skillcert/skillcert/api"
	papers "github.com/skillcert/skillcert/certs/paper"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/theory"
)

// lazyPapers is api.PaperPress over fonts that are unpacked when the first paper is printed. It prints one paper at a
// time, so that many rooms that are printed at once leave a core to the exams under way.
type lazyPapers struct {
	open func() (*pdf.Fonts, error)
	sync.Mutex
}

func (l *lazyPapers) Print(p api.Print) ([]byte, error) {
	l.Lock()
	defer l.Unlock()
	f, err := l.open()
	if err != nil {
		return nil, err
	}
	printer := papers.New(f)
	w := papers.Paper{Blueprint: p.Blueprint, Form: p.Form, Item: p.Item, Image: p.Image, Sitting: p.Sitting, Minutes: p.Minutes, Mark: p.Mark,
		Ticket: p.Ticket, Large: p.Large, Created: p.Created}
	switch p.Kind {
	case theory.PaperQuestions:
		return printer.Questions(w)
	case theory.PaperSheet:
		return printer.Sheet(w)
	case theory.PaperKey:
		return printer.Key(w)
	}
	return nil, theory.ErrPaperKind
}
