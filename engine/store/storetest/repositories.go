package storetest

import (
	"testing"

	"github.com/skillcert/skillcert/engine/store"
)

// Repositories is the contract of every repository. open returns an empty store of its own at every call.
func Repositories(t *testing.T, open func(t *testing.T) *store.Store) {
	for name, suite := range suites() {
		t.Run(name, func(t *testing.T) { suite(t, open) })
	}
}

// suites are the contracts of all ports, by the name of the repository.
func suites() map[string]Suite {
	return map[string]Suite{
		"Accounts":      Accounts,
		"Logins":        Logins,
		"Items":         Items,
		"Tables":        Tables,
		"Releases":      Releases,
		"Blueprints":    Blueprints,
		"Images":        Images,
		"Corrections":   Corrections,
		"Remarks":       Remarks,
		"Jobs":          Jobs,
		"Ledger":        Ledger,
		"Claims":        Claims,
		"Assignments":   Assignments,
		"Files":         Files,
		"Slots":         Slots,
		"Addresses":     Addresses,
		"Holds":         Holds,
		"Batches":       Batches,
		"Motions":       Motions,
		"Shares":        Shares,
		"Awards":        Awards,
		"Layouts":       Layouts,
		"Assessments":   Assessments,
		"Sheets":        Sheets,
		"TaskDraws":     TaskDraws,
		"Results":       Results,
		"Turning":       Turning,
		"Checks":        Checks,
		"Cases":         Cases,
		"Objections":    Objections,
		"Publications":  Publications,
		"Attempts":      Attempts,
		"Log":           Log,
		"Activities":    Activities,
		"Tallies":       Tallies,
		"Findings":      Findings,
		"Draws":         Draws,
		"Seals":         Seals,
		"People":        People,
		"Albums":        Albums,
		"Pairs":         Pairs,
		"Readings":      Readings,
		"Organisations": Organisations,
		"Applications":  Applications,
		"Requests":      Requests,
		"Openings":      Openings,
		"RosterImports": RosterImports,
		"Ties":          Ties,
		"Plans":         Plans,
		"Sessions":      Sessions,
		"Seats":         Seats,
		"Proceedings":   Proceedings,
		"Filings":       Filings,
		"Calls":         Calls,
		"MaterialFiles": MaterialFiles,
		"Courses":       Courses,
		"Classes":       Classes,
		"Enrolments":    Enrolments,
		"Listings":      Listings,
		"NeedLists":     NeedLists,

		"Recognitions": Recognitions, "RecognitionQuotas": RecognitionQuotas,
		"Controls": Controls, "ControlMarkings": ControlMarkings,

		"LogBundles": LogBundles, "LogPlaces": LogPlaces, "LogTiles": LogTiles, "LogCheckpoints": LogCheckpoints, // of package translog
	}
}
