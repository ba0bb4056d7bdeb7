// Package readout reads what the pages of an untrusted PDF show to people, and tells where they show something else than
// the pages of another file. It judges no seal and vouches for nothing: it puts words beside words for somebody who is to
// compare.
//
// PDFium reads and draws, in a sandbox of WebAssembly that has no files, no network, a bounded memory and a bounded time,
// and that is thrown away after every file. What is read is the page as it is shown: annotations and form fields are
// merged into it, and a character counts only where it changes the picture, so that text under a box, in white or in no
// colour does not. Form XObjects, object streams and later revisions are PDFium's affair.
package readout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/skillcert/skillcert/engine/errs"
)

// Why nothing is told of a file.
var (
	// ErrUnreadable is a file that cannot be opened or that is too much to look at.
	ErrUnreadable = errs.New(errs.Invalid, "readout.unreadable", "读不出文件上的文字")
	// ErrBusy is a reader with others in line, or one that is not ready yet.
	ErrBusy = errs.New(errs.Unavailable, "readout.busy", "正在读取别的文件，请稍后再试")
)

// Bounds of what is looked at.
const (
	maxFile       = 20 << 20 // bytes
	maxPages      = 2        // a certificate has one page, a card two
	maxChars      = 4000     // of a page; a certificate has some 350
	maxRuns       = 1500     // of text drawn at once
	maxNotes      = 200      // annotations
	maxAttached   = 20       // files
	maxAttachment = 256 << 10
	memoryPages   = 4096 // of 64 KiB, for everything PDFium does with one file
	readTime      = 10 * time.Second
	waitTime      = 20 * time.Second // in line and until the sandbox is ready
)

// Reader reads files, one after the other. Safe for concurrent use.
type Reader struct {
	kept string        // directory, "" for none
	turn chan struct{} // holds one token; who has it has the field below
	pool pdfium.Pool   // nil before the first file
}

// New returns a Reader. The sandbox is made when the first file comes: that takes some seconds, unless a Reader that kept
// its work in the directory of the same name made it before. An empty name keeps nothing.
func New(kept string) *Reader {
	r := &Reader{kept: kept, turn: make(chan struct{}, 1)}
	r.turn <- struct{}{}
	return r
}

// File is what was read of a file.
type File struct {
	Pages []Page // at most two
	Sheet int    // how many pages the file has
}

// Read reads the first pages of a file: ErrUnreadable when that is not possible.
func (r *Reader) Read(ctx context.Context, pdf []byte) (f *File, err error) {
	err = r.with(ctx, pdf, func(s *session) error {
		f, err = s.file()
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Attached returns the attachment of a name, nil when there is none.
func (r *Reader) Attached(ctx context.Context, pdf []byte, name string) (content []byte, err error) {
	err = r.with(ctx, pdf, func(s *session) error {
		content, err = s.attached(name)
		return err
	})
	return content, err
}

// with opens a file in a sandbox of its own, which is stopped when its time is over.
func (r *Reader) with(ctx context.Context, pdf []byte, do func(*session) error) error {
	if len(pdf) > maxFile {
		return ErrUnreadable
	}
	box, err := r.enter(ctx)
	if err != nil {
		return err
	}
	defer func() { r.turn <- struct{}{} }()
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	killed := make(chan struct{})
	inTime := context.AfterFunc(ctx, func() {
		_ = box.Kill() // an error says that it is over already
		close(killed)
	})
	defer func() {
		if !inTime() {
			<-killed
			return
		}
		_ = box.Close() // what it held goes with it
	}()
	return unreadable(opened(box, pdf, do))
}

// opened runs do on an open file. What PDFium does not survive it does not take us with.
func opened(box pdfium.Pdfium, pdf []byte, do func(*session) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	doc, err := box.OpenDocument(&requests.OpenDocument{File: &pdf})
	if err != nil {
		return err
	}
	return do(&session{box, doc.Document})
}

func unreadable(err error) error {
	if err == nil || errors.Is(err, ErrUnreadable) {
		return err
	}
	return ErrUnreadable.With("%v", err)
}

// enter takes the turn and a sandbox: ErrBusy when that takes too long. A sandbox that is made for the first time is made to
// its end all the same, for who comes next.
func (r *Reader) enter(ctx context.Context) (pdfium.Pdfium, error) {
	ctx, cancel := context.WithTimeout(ctx, waitTime)
	defer cancel()
	select {
	case <-r.turn:
	case <-ctx.Done():
		return nil, ErrBusy
	}
	type result struct {
		box pdfium.Pdfium
		err error
	}
	made := make(chan result, 1)
	go func() {
		box, err := r.sandbox()
		made <- result{box, err}
	}()
	select {
	case m := <-made:
		if m.err != nil {
			r.turn <- struct{}{}
			return nil, fmt.Errorf("open the reader of pages: %w", m.err)
		}
		return m.box, nil
	case <-ctx.Done():
		go func() {
			if m := <-made; m.err == nil {
				_ = m.box.Close() // nobody waits for it any more
			}
			r.turn <- struct{}{}
		}()
		return nil, ErrBusy
	}
}

// sandbox returns a fresh one.
func (r *Reader) sandbox() (pdfium.Pdfium, error) {
	if r.pool == nil {
		config, err := r.config()
		if err != nil {
			return nil, err
		}
		r.pool, err = webassembly.Init(webassembly.Config{MaxIdle: 1, MaxTotal: 1, FSConfig: wazero.NewFSConfig(), RuntimeConfig: config,
			Stdout: io.Discard, Stderr: io.Discard})
		if err != nil {
			r.pool = nil
			return nil, err
		}
	}
	return r.pool.GetInstance(readTime)
}

func (r *Reader) config() (wazero.RuntimeConfig, error) {
	config := wazero.NewRuntimeConfig().WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(memoryPages).WithCloseOnContextDone(true)
	if r.kept == "" {
		return config, nil
	}
	cache, err := wazero.NewCompilationCacheWithDir(r.kept)
	if err != nil {
		return nil, err
	}
	return config.WithCompilationCache(cache), nil
}

// session is one open file.
type session struct {
	pdfium.Pdfium
	doc references.FPDF_DOCUMENT
}

func (s *session) file() (*File, error) {
	count, err := s.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: s.doc})
	if err != nil {
		return nil, err
	}
	f := &File{Sheet: count.PageCount}
	for n := range min(count.PageCount, maxPages) {
		p, err := s.page(n)
		if err != nil {
			return nil, err
		}
		f.Pages = append(f.Pages, p)
	}
	return f, nil
}

func (s *session) attached(name string) ([]byte, error) {
	count, err := s.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: s.doc})
	if err != nil {
		return nil, err
	}
	for n := range min(count.AttachmentCount, maxAttached) {
		a, err := s.FPDFDoc_GetAttachment(&requests.FPDFDoc_GetAttachment{Document: s.doc, Index: n})
		if err != nil {
			return nil, err
		}
		called, err := s.FPDFAttachment_GetName(&requests.FPDFAttachment_GetName{Attachment: a.Attachment})
		if err != nil || called.Name != name {
			continue
		}
		f, err := s.FPDFAttachment_GetFile(&requests.FPDFAttachment_GetFile{Attachment: a.Attachment})
		if err != nil || len(f.Contents) > maxAttachment {
			return nil, ErrUnreadable
		}
		return f.Contents, nil
	}
	return nil, nil
}
