package api

import (
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// Release is one published content of the bank.
type Release struct {
	ID        string                    `json:"id"`
	Base      string                    `json:"base,omitempty"`
	Province  string                    `json:"province,omitempty"`
	State     questionbank.ReleaseState `json:"state"`
	Items     int                       `json:"items"`
	Digest    string                    `json:"digest"`
	Sample    bool                      `json:"sample"`
	Published Instant                   `json:"published"`
}

func viewRelease(r *questionbank.Release) Release {
	return Release{ID: r.ID, Base: r.Base, Province: r.Province, State: r.State, Items: r.Count, Digest: r.Digest, Sample: r.Sample,
		Published: Instant(r.Published)}
}

// Item is the current version of an item, without its key.
type Item struct {
	Code       string                `json:"code"`
	Version    int                   `json:"version"`
	State      questionbank.State    `json:"state"`
	Level      engine.Level          `json:"level"`
	Type       questionbank.ItemType `json:"type"`
	Province   string                `json:"province,omitempty"`
	Stem       string                `json:"stem"`
	Point      string                `json:"point"`
	Difficulty int                   `json:"difficulty"`
	Sample     bool                  `json:"sample"`
}

func viewItem(i *questionbank.Item) Item {
	v := i.Current()
	return Item{Code: i.Code, Version: v.Version, State: i.State, Level: v.Level, Type: v.Type, Province: v.Province, Stem: v.Stem,
		Point: v.Point, Difficulty: v.Difficulty, Sample: v.Sample}
}

// QueuedItem is a supplement item with all that an authority needs to decide on it.
type QueuedItem struct {
	Item
	Options     []string `json:"options"`
	Key         []int    `json:"key" jsonschema:"description=Places in options from 0"`
	Explanation string   `json:"explanation,omitempty"`
	Source      string   `json:"source,omitempty"`
}

func viewQueued(i *questionbank.Item) QueuedItem {
	v := i.Current()
	return QueuedItem{Item: viewItem(i), Options: v.Options, Key: v.Key, Explanation: v.Explanation, Source: v.Source}
}

// ItemPage is a part of a list; Next is the cursor of the part after it.
type ItemPage struct {
	Items []Item `json:"items"`
	Next  string `json:"next,omitempty"`
}

// Queue is a part of what waits for an authority.
type Queue struct {
	Items []QueuedItem `json:"items"`
	Next  string       `json:"next,omitempty"`
}

// Decision speaks of one version of an item.
type Decision struct {
	Version int    `json:"version"`
	Reason  string `json:"reason,omitempty" jsonschema:"description=Needed for a refusal"`
}

// BrokenRow is one place of a workbook that cannot be read.
type BrokenRow struct {
	Sheet   string `json:"sheet"`
	Row     int    `json:"row"`
	Column  string `json:"column"`
	Found   string `json:"found"`
	Allowed string `json:"allowed"`
}

func viewBroken(p table.Problem) BrokenRow {
	return BrokenRow{Sheet: p.Sheet, Row: p.Row, Column: p.Column, Found: p.Found, Allowed: p.Want}
}
