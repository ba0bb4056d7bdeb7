package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs/translog"
)

// noted is the checkpoint that was read last, for a moment: every answer of a check tells of it. Safe for concurrent use.
type noted struct {
	mu sync.Mutex
	at time.Time
	c  translog.Checkpoint
}

const notedFor = time.Second

// latest is the last checkpoint of the log, none older than notedFor unless it covers the leaf that is asked about; a
// checkpoint of size 0 before the first.
func (s *Server) latest(ctx context.Context, leaf int64) (translog.Checkpoint, error) {
	s.noted.mu.Lock()
	defer s.noted.mu.Unlock()
	now := s.clock.Now()
	if age := now.Sub(s.noted.at); leaf < s.noted.c.Size && age >= 0 && age < notedFor {
		return s.noted.c, nil
	}
	c, err := s.Translog.Latest(ctx)
	switch {
	case errors.Is(err, translog.ErrNoCheckpoint):
		return translog.Checkpoint{}, nil
	case err != nil:
		return c, err
	}
	s.noted.at, s.noted.c = now, c
	return c, nil
}

// logPlace tells where a leaf stands in the log, nil where none is kept.
func (s *Server) logPlace(ctx context.Context, leaf int64) (*LogPlace, error) {
	if s.Translog == nil {
		return nil, nil
	}
	c, err := s.latest(ctx, leaf)
	if err != nil {
		return nil, err
	}
	p := &LogPlace{Leaf: leaf, Size: c.Size}
	if leaf < c.Size {
		p.Proof = proofHref(leaf)
		p.Cosigned = each(c.Cosigned, func(w translog.Cosignature) Cosigned { return Cosigned{w.Witness, Instant(w.At)} })
	}
	return p, nil
}

// logProof is the proof that an entry stands in the log, as one file with the checkpoint (C2SP tlog-proof).
func (s *Server) logProof(c *fiber.Ctx) error {
	index, err := strconv.ParseInt(c.Params("index"), 10, 64)
	if err != nil || s.Translog == nil || strconv.FormatInt(index, 10) != c.Params("index") {
		return errNoPage
	}
	at, err := s.latest(c.UserContext(), index)
	if err != nil {
		return err
	}
	p, err := s.Translog.Prove(c.UserContext(), index, at.Size)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%s", p, at.Note)
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", fmt.Sprintf("log-proof-%d.txt", index)))
	return c.Send(b.Bytes())
}

// counted is what the log tells of, as far as it was counted. Safe for concurrent use.
type counted struct {
	mu    sync.Mutex
	tally translog.Tally
}

// tally counts what was added since it was asked for last.
func (s *Server) tally(ctx context.Context, size int64) (translog.Tally, error) {
	s.counted.mu.Lock()
	defer s.counted.mu.Unlock()
	if s.counted.tally.Size >= size {
		return s.counted.tally, nil
	}
	t, err := s.Translog.Count(ctx, s.counted.tally, size)
	if err == nil {
		s.counted.tally = t
	}
	return t, err
}

// logPage tells people what the log is and how it stands.
func (s *Server) logPage(c *fiber.Ctx) error {
	v := web.LogView{Kept: s.Translog != nil}
	if !v.Kept {
		return s.show(c, "log", v)
	}
	ctx := c.UserContext()
	at, err := s.latest(ctx, 0)
	if err != nil {
		return err
	}
	v.Origin, v.Size, v.Checkpoint, v.Key, v.Audit = s.Translog.Origin(), at.Size, string(at.Note), s.LogKey, s.public("/log")
	v.Witnesses = watches(s.Translog.Trust(), at)
	if at.Size > 0 {
		if err := s.logNumbers(ctx, &v); err != nil {
			return err
		}
	}
	return s.show(c, "log", v)
}

func (s *Server) logNumbers(ctx context.Context, v *web.LogView) error {
	t, err := s.tally(ctx, v.Size)
	if err != nil {
		return err
	}
	for _, e := range translog.Events() {
		v.Events = append(v.Events, web.Bin{Label: string(e), Count: t.Events[e]})
	}
	if t.Others > 0 {
		v.Events = append(v.Events, web.Bin{Label: "other", Count: t.Others})
	}
	grown, err := s.Translog.Growth(ctx)
	v.Growth = each(grown, func(g translog.Grown) web.Bin { return web.Bin{Label: g.Day, Count: g.Size} })
	return err
}

// watches are all witnesses that are trusted, with what they said of a checkpoint.
func watches(t translog.Trust, c translog.Checkpoint) (all []web.Watch) {
	for _, v := range t.Witnesses {
		w := web.Watch{Name: v.Name()}
		for i := range c.Cosigned {
			if c.Cosigned[i].Witness == w.Name {
				w.Seen = &web.Cosigned{Witness: w.Name, At: c.Cosigned[i].At}
			}
		}
		all = append(all, w)
	}
	return all
}

// public is the address of a path as the public reaches it.
func (s *Server) public(path string) string {
	return strings.TrimSuffix(cmp.Or(s.cfg.Base, "http://localhost"), "/") + path
}
