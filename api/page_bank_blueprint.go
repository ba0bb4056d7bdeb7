package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

var errBlueprintFile = errs.New(errs.Invalid, "request.blueprint", "文件不是组卷方案，未接收")

// blueprintsPage lists the blueprints.
func (s *Server) blueprintsPage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	all, err := s.Bank.Blueprints(ctx, by)
	if err != nil {
		return err
	}
	plans, _, err := s.plans(c)
	if err != nil {
		return err
	}
	return s.show(c, "blueprints", web.BlueprintsView{Rows: each(all, plans.row), MayPublish: by.Can(authz.BankPublish),
		ReadsBank: by.Can(authz.BankRead), MaxKiB: jsonLimit >> 10, Problem: p})
}

// blueprintNamed is the blueprint of the address.
func (s *Server) blueprintNamed(c *fiber.Ctx) (*questionbank.Blueprint, error) {
	all, err := s.Bank.Blueprints(c.UserContext(), caller(c))
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(b *questionbank.Blueprint) bool { return b.ID == c.Params("id") })
	if at < 0 {
		return nil, questionbank.ErrBlueprint
	}
	return all[at], nil
}

// plans are the releases, and what blueprints are shown by.
func (s *Server) plans(c *fiber.Ctx) (plans, []*questionbank.Release, error) {
	releases, err := s.Bank.Releases(c.UserContext(), caller(c))
	return plansOf(s.Policy, releases), releases, err
}

// blueprintPage shows one blueprint. With a release in the address it tells how that would fare with it, which takes a
// proof and is not done unasked.
func (s *Server) blueprintPage(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	b, err := s.blueprintNamed(c)
	if err != nil {
		return err
	}
	all, releases, err := s.plans(c)
	if err != nil {
		return err
	}
	v := all.view(b)
	v.ReadsBank = by.Can(authz.BankRead)
	if v.Trail, err = s.reader(ctx).trail(b.Trail); err != nil {
		return err
	}
	for _, r := range releases {
		if _, of := r.Tables[b.Level]; of && all.usable(r.ID) && (v.Supplement.Province == "" || r.Province == all.releases[b.Release].Province) {
			v.Releases = append(v.Releases, r.ID)
		}
	}
	tried := asked(c, "release")
	if tried == "" {
		return s.show(c, "blueprint", v)
	}
	outlooks, err := s.Bank.Outlook(ctx, by, b.ID, tried)
	switch {
	case err == nil:
		v.Tried, v.Outlooks = tried, outlooksOf(outlooks, all.table(tried, b.Level))
	case onPage(err):
		v.Problem = problem(err).onPage()
	default:
		return err
	}
	return s.show(c, "blueprint", v)
}

func outlooksOf(all []questionbank.Outlook, t questionbank.ElementTable) []web.BlueprintOutlook {
	return each(all, func(o questionbank.Outlook) web.BlueprintOutlook { return outlookOf(o, t) })
}

// blueprintFile is a blueprint as the form takes it, to make the next one from.
func (s *Server) blueprintFile(c *fiber.Ctx) error {
	b, err := s.blueprintNamed(c)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(viewBlueprint(b), "", "  ")
	if err != nil {
		return err
	}
	c.Attachment(b.ID + ".json")
	return c.Send(append(text, '\n'))
}

// previewBlueprint shows what an uploaded file asks for and whether its release can meet it. Nothing is kept.
func (s *Server) previewBlueprint(c *fiber.Ctx) error {
	_, data, err := uploadUpTo(c, jsonLimit, errTooLarge)
	if err == nil {
		err = s.showDraft(c, data, nil)
	}
	if err != nil {
		return s.refuse(c, err, s.blueprintsPage)
	}
	return nil
}

// showDraft shows the blueprint of a file. What the proofs say is the answer of the page; what else is wrong with it is
// returned.
func (s *Server) showDraft(c *fiber.Ctx, data []byte, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	in, err := readBlueprint(data)
	if err != nil {
		return err
	}
	b, outlooks, err := s.Bank.PreviewBlueprint(ctx, by, in.blueprint())
	if err != nil {
		return err
	}
	all, _, err := s.plans(c)
	if err != nil {
		return err
	}
	v := all.view(b)
	v.ReadsBank = by.Can(authz.BankRead)
	v.Outlooks, v.Draft, v.Problem = outlooksOf(outlooks, all.table(b.Release, b.Level)), string(data), p
	unmet := slices.IndexFunc(outlooks, func(o questionbank.Outlook) bool { return o.Short != nil })
	if v.Possible = unmet < 0; !v.Possible {
		c.Status(problem(outlooks[unmet].Short).Status)
	}
	return s.show(c, "blueprint", v)
}

// publishBlueprintForm publishes what was previewed. It proves it once more: the preview was only shown.
func (s *Server) publishBlueprintForm(c *fiber.Ctx) error {
	data := []byte(field(c, "blueprint"))
	in, err := readBlueprint(data)
	if err != nil {
		return s.refuse(c, err, s.blueprintsPage)
	}
	if err = confirmed(c, in.ID); err == nil {
		_, err = s.Bank.PublishBlueprint(c.UserContext(), caller(c), in.blueprint())
	}
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			if s.showDraft(c, data, p) != nil {
				return s.blueprintsPage(c, p)
			}
			return nil
		})
	}
	return s.done(c, "/bank/blueprints/"+in.ID, "blueprint-published", in.ID)
}

// readBlueprint reads a file as the JSON route reads its body, and names every part of it that cannot be read.
func readBlueprint(data []byte) (in Blueprint, err error) {
	if len(data) > jsonLimit {
		return in, errTooLarge
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // some editors begin a file with it
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil || parts == nil {
		return in, errBlueprintFile.WithFields(errs.Field{Name: "file", Code: "json", Msg: broken(data, err)})
	}
	var c errs.Check
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		one, err := json.Marshal(map[string]json.RawMessage{name: parts[name]})
		if err != nil {
			return in, err
		}
		d := json.NewDecoder(bytes.NewReader(one))
		d.DisallowUnknownFields()
		err = d.Decode(&in)
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) {
			c.That(false, cmp.Or(kind.Field, name), "type", "内容的类型不对，例如数字写成了文字")
		} else {
			c.That(err == nil, name, "unknown", "组卷方案没有这一项，或者其中有不认识的内容")
		}
	}
	return in, c.Err(errBlueprintFile)
}

// broken says where a file stops being JSON.
func broken(data []byte, err error) string {
	var at *json.SyntaxError
	if !errors.As(err, &at) {
		return "文件的内容应是一个组卷方案，写在 { } 中"
	}
	before := data[:min(int(at.Offset), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Sprintf("第%d行第%d个字处不是正确的 JSON", line, max(utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]), 1))
}
