package training

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Lists is where a labour authority keeps the public list of training bodies of its province, and everybody reads it.
type Lists struct {
	port   Listings
	policy engine.Policy
	clock  clock.Clock
}

// NewLists returns the lists that are kept in port.
func NewLists(port Listings, pol engine.Policy, c clock.Clock) *Lists {
	return &Lists{port: port, policy: pol, clock: c}
}

func (l *Lists) today() clock.Date { return clock.DateOf(l.clock.Now(), l.policy.Location()) }

// ListStep is what becomes of a row of a list.
type ListStep string

// The steps.
const (
	ListAdd    ListStep = "add"    // is new
	ListChange ListStep = "change" // differs from what the list says
	ListKnown  ListStep = "known"  // nothing is new
	ListRefuse ListStep = "refuse" // Code and Msg say why
)

// Public is the list of a province, by district and name; bodies that left it are last. It asks for no role: everybody may read it.
func (l *Lists) Public(ctx context.Context, province string) ([]*Listing, error) {
	all, err := l.of(ctx, province)
	slices.SortStableFunc(all, func(a, b *Listing) int {
		if x, y := a.Withdrawn() != nil, b.Withdrawn() != nil; x != y {
			if x {
				return 1
			}
			return -1
		}
		return strings.Compare(a.Body.District+"\x00"+a.Body.Name, b.Body.District+"\x00"+b.Body.Name)
	})
	return all, err
}

func (l *Lists) of(ctx context.Context, province string) ([]*Listing, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Listing, string, error) {
		return l.port.ListingsOf(ctx, province, c)
	})
}

// Listing is one body of a list, for everybody.
func (l *Lists) Listing(ctx context.Context, id string) (*Listing, error) {
	return l.port.Listing(ctx, id)
}

// List puts a body on the list of by's province, restates it, or brings back one that had left. The same again is harmless.
func (l *Lists) List(ctx context.Context, by authz.Principal, b ListedBody, pub Publication) (*Listing, error) {
	if err := keepsList(by); err != nil {
		return nil, err
	}
	b, wrong := b.clean()
	pub, late := pub.clean(l.today())
	if err := together(wrong, late); err != nil {
		return nil, err
	}
	step, got, err := l.list(ctx, by, b, pub, true, true)
	if step == ListRefuse {
		got = nil
	}
	return got, err
}

// together are the field problems of both.
func together(a, b error) error {
	var first, second *errs.Error
	if !errors.As(a, &first) || !errors.As(b, &second) {
		return errors.Join(a, b)
	}
	return first.WithFields(append(slices.Clone(first.Fields), second.Fields...)...)
}

// list is List of a row that was read; without commit it only says what would become of it.
func (l *Lists) list(ctx context.Context, by authz.Principal, b ListedBody, pub Publication, relist, commit bool) (step ListStep, got *Listing, err error) {
	id := ListingID(by.Province, b.CreditCode)
	_, err = l.port.Listing(ctx, id)
	if errors.Is(err, ErrListing) {
		n := &Listing{ID: id, Province: by.Province, Body: b, Published: pub}
		if !commit {
			return ListAdd, n, nil
		}
		n.Trail.AddBy(l.clock.Now(), by, "listing.added", note(pub, ""))
		if err = l.port.CreateListing(ctx, n); !errors.Is(err, ErrListed) {
			return ListAdd, n, err
		}
	} else if err != nil {
		return "", nil, err
	}
	return l.change(ctx, by, id, "listing.changed", pub, commit, func(k *Listing) (ListStep, error) { return k.restate(b, pub, relist) })
}

// change edits a listing and says in what step; without commit nothing is written. The trail keeps what the row said before.
func (l *Lists) change(ctx context.Context, by authz.Principal, id, action string, pub Publication, commit bool,
	edit func(*Listing) (ListStep, error)) (step ListStep, got *Listing, err error) {
	now := l.clock.Now()
	update := l.port.UpdateListing
	if !commit {
		update = func(context.Context, *Listing) error { return nil }
	}
	got, err = engine.Modify(ctx, func(ctx context.Context) (*Listing, error) { return l.port.Listing(ctx, id) }, update, func(k *Listing) error {
		had := k.Body
		if step, err = edit(k); err != nil {
			return err
		}
		k.Trail.AddBy(now, by, action, note(pub, strings.Join([]string{had.Name, had.District, had.Address, had.Contact}, "，")))
		return nil
	})
	return step, got, err
}

// note is what a trail says of a publication, and of what stood before it.
func note(pub Publication, before string) string {
	text := pub.Source + "，" + pub.On.String()
	if before != "" {
		text += "；此前为：" + before
	}
	return text
}

// Offer adds a project to a listed body of by's province, or restates it. The same again is harmless.
func (l *Lists) Offer(ctx context.Context, by authz.Principal, id string, p Project, pub Publication) (*Listing, error) {
	if err := keepsList(by); err != nil {
		return nil, err
	}
	p, wrong := p.clean()
	pub, late := pub.clean(l.today())
	if err := together(wrong, late); err != nil {
		return nil, err
	}
	_, got, err := l.offer(ctx, by, id, p, pub, true)
	return got, err
}

func (l *Lists) offer(ctx context.Context, by authz.Principal, id string, p Project, pub Publication, commit bool) (ListStep, *Listing, error) {
	return l.change(ctx, by, id, "listing.project", pub, commit, func(k *Listing) (ListStep, error) {
		if k.Province != by.Province {
			return ListRefuse, ErrListing
		}
		return k.offer(p, pub)
	})
}

// Withdraw takes a body off the list from a day on with no 0, or its project no. It stays to be seen with the reason.
func (l *Lists) Withdraw(ctx context.Context, by authz.Principal, id string, no int, on clock.Date, reason string) (*Listing, error) {
	if err := keepsList(by); err != nil {
		return nil, err
	}
	if reason = strings.TrimSpace(reason); !short(reason, maxSource) {
		return nil, ErrList.WithFields(errs.Field{Name: "reason", Code: "form", Msg: "退出的原因，不超过200个字"})
	}
	now := l.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Listing, error) { return l.port.Listing(ctx, id) }, l.port.UpdateListing, func(k *Listing) error {
		if k.Province != by.Province {
			return ErrListing
		}
		if err := k.withdraw(no, Withdrawal{On: on, Reason: reason, At: now, By: by.Account, Name: by.Name}); err != nil {
			return err
		}
		k.Trail.AddBy(now, by, "listing.withdrawn", on.String()+"；"+reason)
		return nil
	})
}
