package main

import "github.com/clientele-crm/clientele/crm"

// What the demo is made of: common names, and places that have telephone numbers for examples.
var (
	demoFirst = []string{
		"Ada", "Grace", "Alan", "Emma", "Liam", "Olivia", "Noah", "Ava", "Lucas", "Mia", "Ethan", "Sofia", "Mason", "Isabel",
		"Logan", "Camila", "Elijah", "Amelia", "James", "Nora", "Henry", "Lucy", "Owen", "Clara", "Daniel", "Ruth", "Samuel",
		"Alice", "David", "Maria", "Joseph", "Elena", "Carlos", "Rosa", "Diego", "Hannah", "Felix",
	}
	demoLast = []string{
		"Lovelace", "Smith", "Johnson", "Williams", "Brown", "Jones", "Garcia", "Miller", "Davis", "Rodriguez", "Martinez",
		"Wilson", "Anderson", "Thomas", "Taylor", "Moore", "Jackson", "Martin", "Lee", "Perez", "Thompson", "White", "Harris",
		"Clark", "Lewis", "Robinson", "Walker", "Young", "Allen", "King", "Wright", "Scott", "Torres", "Nguyen", "Hill", "Flores",
		"Green", "Adams", "Nelson", "Baker", "Hall",
	}
	demoCities = []struct{ name, area, zone string }{
		{"New York", "212", "America/New_York"}, {"Boston", "617", "America/New_York"}, {"Chicago", "312", "America/Chicago"},
		{"Austin", "512", "America/Chicago"}, {"Denver", "303", "America/Denver"}, {"Seattle", "206", "America/Los_Angeles"},
		{"San Francisco", "415", "America/Los_Angeles"}, {"Portland", "503", "America/Los_Angeles"},
	}
	demoBusinesses = []struct{ suffix, industry string }{
		{" Café", "Restaurants"}, {" Bakery", "Restaurants"}, {" and Sons", "Retail"}, {" Architects", "Architecture"},
		{" Legal", "Law"}, {" Studios", "Design"}, {" Logistics", "Transport"}, {" Dental", "Health"}, {" Hotels", "Hospitality"},
	}
	demoDesignations = []string{"Owner", "Office manager", "Buyer", "Chef", "Managing director", "Assistant", "Head of facilities"}
	demoSources      = []string{"web", "referral", "trade fair", "phone", "newsletter"}
	demoTags         = []string{"decaf", "organic", "monthly", "vip", "late payer", "espresso machine", "tasting"}
	demoCategories   = []crm.NewCategory{
		{Name: "Customers", Description: "They have ordered before"}, {Name: "Prospects", Description: "They have asked, or tasted"},
		{Name: "Partners", Description: "They sell our coffee"}, {Name: "Press"},
	}
	demoNotes = []string{
		"Liked the Ethiopian best. Would rather have it ground.", "Asked for an invoice with 30 days to pay.",
		"Their machine leaks. Promised to send somebody on Thursday.", "Moves to a larger office in spring, twice the staff.",
		"Compares us with two others. Price matters less than delivery on time.", "Prefers to be called before noon.",
		"Wants the beans without plastic.", "Came to the tasting with two colleagues.",
	}
	demoActivities = []crm.NewActivity{
		{Type: crm.Call, Title: "Ask how the first delivery was"}, {Type: crm.Meeting, Title: "Tasting at their office"},
		{Type: crm.EmailActivity, Title: "Send the offer for next year"}, {Type: crm.Todo, Title: "Check the order of March"},
		{Type: crm.Reminder, Title: "The contract ends soon"},
	}
)
