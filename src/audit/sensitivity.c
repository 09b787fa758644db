/*
 * How strong a hidden factor must be, and whether odds are equal within a margin.
 *   E-value: RR + sqrt(RR (RR - 1)) for RR >= 1, of 1/RR below. VanderWeele & Ding, Ann. Intern. Med. 167:268 (2017)
 *   TOST: p = max of P(T > (ln margin + ln OR)/se) and P(T > (ln margin - ln OR)/se). Schuirmann, J. Pharmacokinet. Biopharm. 15:657 (1987)
 */
#include "audit/laws.h"
#include "evenhand/audit.h"

#include <math.h>

double eh_audit_evalue(double ratio)
{
    if (!(ratio >= 0)) return NAN;
    if (ratio < 1) ratio = 1 / ratio;
    return isinf(ratio) ? (double)INFINITY : ratio + sqrt(ratio * (ratio - 1));
}

double eh_tost(double log_odds_ratio, double se, double margin, double df)
{
    if (!(se > 0) || !(margin > 1) || isnan(log_odds_ratio)) return NAN;
    double room = log(margin);
    if (isinf(log_odds_ratio) || isinf(se)) return 1;
    return fmax(eh_student_q((room + log_odds_ratio) / se, df), eh_student_q((room - log_odds_ratio) / se, df));
}
