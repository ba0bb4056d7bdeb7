package theory

import (
	"context"
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
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
	a, err := e.ports.Attempts.Attempt(ctx, id)
	if err != nil {
		return nil, err
	}
	if a.State != InProgress || !a.Window.Contains(now) {
		return nil, ErrAttemptClosed
	}
	shown, err := e.shows(ctx, a, digest)
	if err != nil {
		return nil, err
	}
	if !shown {
		return nil, questionbank.ErrImage
	}
	return e.bank.Image(ctx, digest)
}

// shows reports whether the form of the attempt has the picture in it. What explains an answer is no part of the form.
func (e *Exams) shows(ctx context.Context, a *Attempt, digest string) (bool, error) {
	s, err := e.sittings.Get(ctx, a.Session)
	if err != nil {
		return false, err
	}
	release, err := e.bank.Snapshot(ctx, s.Release)
	if err != nil {
		return false, fmt.Errorf("pictures of attempt %s: %w", a.ID, err)
	}
	for _, it := range a.Form.Items {
		v, ok := release.Item(it.Code)
		if !ok || v.Version != it.Version {
			continue
		}
		for _, text := range append([]string{v.Stem}, v.Options...) {
			if slices.Contains(richtext.Images(text), digest) {
				return true, nil
			}
		}
	}
	return false, nil
}
