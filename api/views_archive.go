package api

import (
	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
)

// ArchiveReason asks for an archive, or sends a request back, for a reason.
type ArchiveReason struct {
	Reason string `json:"reason"`
}

// ArchiveFiling is an archive of a session: asked for, approved, and how it came out.
type ArchiveFiling struct {
	Session  sitting.SessionID   `json:"session"`
	Number   int                 `json:"number" jsonschema:"description=Of the session's archives, from 1"`
	State    archive.FilingState `json:"state" jsonschema:"enum=asked,enum=refused,enum=approved,enum=made"`
	Reason   string              `json:"reason"`
	Asked    Instant             `json:"asked"`
	AskedBy  string              `json:"asked_by"`
	Decided  Instant             `json:"decided,omitzero"`
	By       string              `json:"decided_by,omitempty"`
	Refusal  string              `json:"refusal,omitempty"`
	Until    Instant             `json:"until,omitzero" jsonschema:"description=An approved archive can be fetched before this instant"`
	Fetched  int                 `json:"fetched" jsonschema:"description=How often it was begun to be fetched"`
	Manifest string              `json:"manifest,omitempty" jsonschema:"description=SHA-256 of manifest.json once the archive was made"`
	Leaf     *int64              `json:"leaf,omitempty" jsonschema:"description=Index of the digest in the transparency log"`
	Earlier  string              `json:"earlier,omitempty" jsonschema:"description=Manifest of the archive before"`
	Files    int                 `json:"files,omitempty"`
	Size     int64               `json:"size,omitempty"`
}

func viewFiling(f *archive.Filing) ArchiveFiling {
	v := ArchiveFiling{Session: f.Session, Number: f.Number, State: f.State, Reason: f.Reason, Asked: Instant(f.Asked.At), AskedBy: f.Asked.Name,
		Decided: Instant(f.Decided.At), By: f.Decided.Name, Refusal: f.Refusal, Fetched: len(f.Fetched()), Manifest: f.Manifest, Files: f.Files, Size: f.Size}
	if f.State == archive.Approved || f.State == archive.Made {
		v.Until = Instant(f.Decided.At.Add(archive.ApprovalHolds))
	}
	if f.Logged {
		v.Leaf = &f.Leaf
	}
	if f.Earlier != nil {
		v.Earlier = f.Earlier.Manifest
	}
	return v
}

// RetainedVolume is one volume of one archive and how long it is kept.
type RetainedVolume struct {
	Session   sitting.SessionID `json:"session"`
	Name      string            `json:"name"`
	Number    int               `json:"number"`
	Made      Instant           `json:"made"`
	Volume    archive.Volume    `json:"volume"`
	Folder    string            `json:"folder"`
	Files     int               `json:"files"`
	Retention engine.Retention  `json:"retention"`
	Until     Day               `json:"until" jsonschema:"description=Last day on which it is kept; empty: without an end"`
	Due       bool              `json:"due" jsonschema:"description=The last day has passed"`
}

func viewRetained(k archive.Kept) RetainedVolume {
	return RetainedVolume{Session: k.Filing.Session, Name: k.Filing.Name, Number: k.Filing.Number, Made: Instant(k.Filing.Began), Volume: k.Volume,
		Folder: k.Folder, Files: k.Files, Retention: k.Retention, Until: Day(k.Until), Due: k.Due}
}
