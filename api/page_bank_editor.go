package api

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// editorPage is the form of the next version of an item, or of a new one once its level is chosen.
func (s *Server) editorPage(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	level, err := levelAsked(c)
	if err != nil {
		return err
	}
	v := web.EditorView{Level: level, Province: c.Query("province"), Type: string(questionbank.Single), Difficulty: 3}
	if code := c.Query("code"); code != "" {
		i, err := s.Bank.Item(ctx, by, code)
		if err != nil {
			return err
		}
		v = typedAs(i.Current())
	}
	return s.showEditor(c, v)
}

// typedAs is a version as it stands in the form.
func typedAs(v questionbank.ItemVersion) web.EditorView {
	e := web.EditorView{Code: v.Code, Province: v.Province, Level: v.Level, Version: v.Version, Type: string(v.Type), Stem: v.Stem, Key: v.Key,
		Point: v.Point, Difficulty: v.Difficulty, Seconds: v.Seconds, Enemy: v.Enemy, Source: v.Source, Explanation: v.Explanation, Sample: v.Sample}
	if v.Type != questionbank.Judgement {
		e.Options = v.Options
	}
	return e
}

// showEditor fills in what the form is chosen from, and how the item looks now.
func (s *Server) showEditor(c *fiber.Ctx, v web.EditorView) error {
	tables, err := s.elementTables(c.UserContext())
	if err != nil {
		return err
	}
	v.Provinces, v.ProvinceName, v.MaxOptions = provinces(), engine.Province(v.Province), questionbank.MaxOptions
	known := false
	for _, t := range tables {
		v.Levels = append(v.Levels, t.Level)
		if t.Level == v.Level {
			known, v.Points = true, pointGroups(t)
			v.Sample = v.Sample || c.Method() == fiber.MethodGet && v.Version == 0 && t.Sample
		}
	}
	if !known && v.Version == 0 {
		v.Level = 0
	}
	if v.Stem != "" {
		seen := seenAs(versionOf(v))
		v.Seen, v.SeenExplanation = &seen, rich(fragmentOf(v.Explanation))
	}
	return s.show(c, "editor", v)
}

// pointGroups are the points of a table below the range that holds them.
func pointGroups(t *questionbank.ElementTable) []web.PointGroup {
	var all []web.PointGroup
	for _, r := range t.Ranges {
		g := web.PointGroup{Label: r.Code + " " + r.Name}
		for _, p := range t.Points {
			if questionbank.Parent(p.Code) == r.Code {
				g.Points = append(g.Points, web.Choice{Value: p.Code, Label: fmt.Sprintf("%s %s（%s）", p.Code, p.Name, importanceName(p.Importance))})
			}
		}
		if len(g.Points) > 0 {
			all = append(all, g)
		}
	}
	return all
}

func importanceName(of string) string {
	return map[string]string{"X": "核心", "Y": "一般", "Z": "辅助"}[of]
}

// editorForm saves, shows or adds a picture, as the button says; nothing typed is ever lost.
func (s *Server) editorForm(c *fiber.Ctx) error {
	if _, err := levelAsked(c); err != nil {
		return err
	}
	v, err := typed(c)
	switch field(c, "do") {
	case "save":
		return s.saveItem(c, v, err)
	case "image":
		return s.addImage(c, v)
	}
	return s.showEditor(c, v)
}

// saveItem stores what was typed, unless unread says that something of it could not be read.
func (s *Server) saveItem(c *fiber.Ctx, v web.EditorView, unread error) error {
	err := unread
	if err == nil {
		err = s.storeItem(c.UserContext(), caller(c), v)
	}
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			v.Problem = p
			return s.showEditor(c, v)
		})
	}
	return s.done(c, "/bank/items/"+v.Code, "item-saved", v.Code)
}

func (s *Server) storeItem(ctx context.Context, by authz.Principal, v web.EditorView) error {
	if v.Version > 0 {
		_, err := s.Bank.Edit(ctx, by, versionOf(v), v.Reason)
		return ofOneItem(err)
	}
	_, err := s.Bank.ImportItems(ctx, by, []questionbank.ItemVersion{versionOf(v)})
	return ofOneItem(err)
}

// addImage stores a picture and puts it at the end of the text that was chosen.
func (s *Server) addImage(c *fiber.Ctx, v web.EditorView) error {
	image, err := s.storeImage(c)
	if err == nil && v.ImageAlt == "" {
		err = errBody.WithFields(errs.Field{Name: "alt", Code: "missing", Msg: "请用一句话写明图片的内容"})
	}
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			v.Problem = p
			return s.showEditor(c, v)
		})
	}
	mark := `<img src="image:` + image.Digest + `" alt="` + strings.ReplaceAll(richtext.Escape(v.ImageAlt), `"`, "&quot;") + `"/>`
	switch option, isOption := strings.CutPrefix(v.ImageInto, "option."); {
	case isOption:
		if n, err := strconv.Atoi(option); err == nil && n >= 0 && n < len(v.Options) {
			v.Options[n] = fragmentOf(v.Options[n]) + mark
		}
	case v.ImageInto == "explanation":
		v.Explanation = fragmentOf(v.Explanation) + mark
	default:
		v.Stem = fragmentOf(v.Stem) + mark
	}
	v.ImageAlt = ""
	return s.showEditor(c, v)
}

func (s *Server) storeImage(c *fiber.Ctx) (questionbank.Image, error) {
	_, data, err := upload(c)
	if err != nil {
		return questionbank.Image{}, err
	}
	return s.Bank.PutImage(c.UserContext(), caller(c), data)
}

// typed reads the form as it was sent, and names the numbers that are none.
func typed(c *fiber.Ctx) (web.EditorView, error) {
	var bad errs.Check
	text := func(name string) string { return strings.TrimSpace(strings.ReplaceAll(field(c, name), "\r\n", "\n")) }
	number := func(name string) int {
		n, err := strconv.Atoi(text(name))
		bad.That(err == nil || text(name) == "", name, "number", "应为整数")
		return n
	}
	v := web.EditorView{Code: text("item_code"), Province: field(c, "province"), Level: levelOf(field(c, "level")), Version: number("version"),
		Type: field(c, "type"), Stem: text("stem"), Point: field(c, "point"), Difficulty: number("difficulty"), Seconds: number("seconds"),
		Enemy: text("enemy"), Source: text("source"), Explanation: text("explanation"), Reason: text("reason"), Sample: field(c, "sample") != "",
		ImageAlt: text("alt"), ImageInto: field(c, "into")}
	for n := range questionbank.MaxOptions {
		v.Options = append(v.Options, text("option."+strconv.Itoa(n)))
		if v.Type != string(questionbank.Judgement) && field(c, "key."+strconv.Itoa(n)) != "" {
			v.Key = append(v.Key, n)
		}
	}
	if truth := field(c, "truth"); v.Type == string(questionbank.Judgement) && (truth == "0" || truth == "1") {
		v.Key = []int{number("truth")}
	}
	return v, bad.Err(errBody)
}

// versionOf is what the form says as a version: empty rows between options are left out, and the key follows.
func versionOf(v web.EditorView) questionbank.ItemVersion {
	i := questionbank.ItemVersion{Code: v.Code, Version: v.Version, Level: v.Level, Province: v.Province, Type: questionbank.ItemType(v.Type),
		Stem: fragmentOf(v.Stem), Point: v.Point, Difficulty: v.Difficulty, Seconds: v.Seconds, Enemy: v.Enemy, Source: v.Source,
		Explanation: fragmentOf(v.Explanation), Sample: v.Sample}
	if i.Type == questionbank.Judgement {
		i.Options, i.Key = questionbank.Judged(), v.Key
		return i
	}
	for n, o := range v.Options {
		right := slices.Contains(v.Key, n)
		if o == "" && !right {
			continue
		}
		if right {
			i.Key = append(i.Key, len(i.Options))
		}
		i.Options = append(i.Options, fragmentOf(o))
	}
	return i
}

// marked finds what somebody meant as markup.
var marked = regexp.MustCompile(`</?(p|br|strong|em|u|sub|sup|ul|ol|li|img)[\s/>]|&(amp|lt|gt|quot);`)

// fragmentOf reads what was typed: text without any markup means itself, so that 体温<38 needs no entity.
func fragmentOf(typed string) string {
	if !marked.MatchString(typed) && richtext.Check(typed) != nil {
		return richtext.Escape(typed)
	}
	return typed
}

// ofOneItem names the fields of a refusal as the form does, not by their place in a list of one.
func ofOneItem(err error) error {
	return renamed(err, func(name string) string {
		if name = strings.TrimPrefix(name, "items.0."); name == "code" {
			return "item_code"
		}
		return name
	})
}

// renamed gives the fields of a refusal the names that they have in a form.
func renamed(err error, name func(string) string) error {
	var refusal *errs.Error
	if !errors.As(err, &refusal) || len(refusal.Fields) == 0 {
		return err
	}
	return refusal.WithFields(each(refusal.Fields, func(f errs.Field) errs.Field {
		f.Name = name(f.Name)
		return f
	})...)
}
