package theory

import (
	"context"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Image returns a picture that stands in a stem or an option of the candidate's own paper, while the paper is open.
// Every other picture does not exist for a candidate: questionbank.ErrImage.
func (e *Exams) Image(ctx context.Context, by authz.Principal, id AttemptID, digest string) (*questionbank.Image, error) {
	k, err := e.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	now := e.clock.Now()
	if err := e.stillSeated(ctx, k, now); err != nil {
		return nil, err
	}
	shown, err := e.pictures(ctx, k, now)
	if err != nil {
		return nil, err
	}
	if !shown[digest] {
		return nil, questionbank.ErrImage
	}
	return e.bank.Image(ctx, digest)
}

// pictures are those of an open paper, remembered from the first that is asked for.
func (e *Exams) pictures(ctx context.Context, k *known, now time.Time) (map[string]bool, error) {
	t, err := e.accepting(ctx, k, now)
	if err != nil {
		return nil, err
	}
	shown := k.pictures.Load()
	if h := k.head.Load(); shown == nil || h == nil { // what is not known here is asked
		a, err := e.ports.Attempts.Attempt(ctx, k.id)
		if err != nil {
			return nil, err
		}
		if a.State != InProgress {
			return nil, ErrAttemptClosed
		}
		s, err := e.sittings.Get(ctx, a.Session)
		if err != nil {
			return nil, err
		}
		release, err := e.bank.Snapshot(ctx, s.Release)
		if err != nil {
			return nil, fmt.Errorf("pictures of attempt %s: %w", a.ID, err)
		}
		all := picturesOf(a.Form, release)
		k.pictures.Store(&all)
		shown = &all
	}
	if k.closed() || t.Shut(now) {
		return nil, ErrAttemptClosed
	}
	return *shown, nil
}

// picturesOf are the digests of the pictures in a form. What explains an answer is no part of the form.
func picturesOf(f assembly.Form, release *questionbank.Snapshot) map[string]bool {
	all := map[string]bool{}
	for _, it := range f.Items {
		v, ok := release.Item(it.Code)
		if !ok || v.Version != it.Version {
			continue
		}
		for _, text := range append([]string{v.Stem}, v.Options...) {
			for _, digest := range richtext.Images(text) {
				all[digest] = true
			}
		}
	}
	return all
}
