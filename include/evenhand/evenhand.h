/** @file evenhand.h  Everything: include this, link with -levenhand. */
#ifndef EVENHAND_EVENHAND_H
#define EVENHAND_EVENHAND_H

#include "evenhand/actions.h"
#include "evenhand/appeals.h"
#include "evenhand/audit.h"
#include "evenhand/audit_actions.h"
#include "evenhand/audit_join.h"
#include "evenhand/audit_simulate.h"
#include "evenhand/audit_sources.h"
#include "evenhand/behaviour.h"
#include "evenhand/calibrate.h"
#include "evenhand/cases.h"
#include "evenhand/claims.h"
#include "evenhand/context.h"
#include "evenhand/exchange.h"
#include "evenhand/ingest.h"
#include "evenhand/investigation.h"
#include "evenhand/ledger.h"
#include "evenhand/legs.h"
#include "evenhand/near_text.h"
#include "evenhand/networks.h"
#include "evenhand/pairs.h"
#include "evenhand/report.h"
#include "evenhand/rhythm.h"
#include "evenhand/signif.h"
#include "evenhand/simulate.h"
#include "evenhand/status.h"
#include "evenhand/strings.h"

#endif
