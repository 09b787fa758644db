/*
 * Classrooms: a teacher gives the pupils of a class a link, a question or a definition in the lesson, and the pupils share,
 * answer and write within it. A teacher's second class gets the same in lessons of its own. Nothing here is planned by
 * the pupils.
 */
#include "simulate/families.h"

enum prompt { LINK, QUESTION, DEFINITION };
enum { lesson_min = 45, n_periods = 7, most_prompts = 6 };

eh_status eh_sim_lessons_settle(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_lessons *set = crew->parameters;
    EH_TRY(eh_sim_found_clubs(world, crew, set->share, set->size, set->zeal, err));
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        eh_sim_club *class = &crew->clubs.items[c];
        int32_t zone_min = world->communities.items[class->community].zone_min;
        for (uint32_t i = 0; i < class->n; i++) world->accounts.items[eh_sim_people_of(crew, class)[i]].clock.zone_min = zone_min;
        /* two classes that follow each other share a teacher where they are of one community */
        bool is_second = c % 2 && crew->clubs.items[c - 1].community == class->community;
        class->leader = is_second ? c - 1 : c;
        if (is_second) continue;
        eh_sim_source teacher = {.account = eh_sim_people_of(crew, class)[0], .community = class->community, .weight = 0.02};
        teacher.language = world->communities.items[class->community].language;
        EH_TRY(eh_sim_add_source(world, &teacher, err));
        class->source = (uint32_t)world->sources.n - 1;
    }
    return EH_OK;
}

static bool is_school_day(const eh_sim_world *world, const eh_sim_crew *crew, uint32_t c, uint32_t day)
{
    const eh_sim_club *class = &crew->clubs.items[c];
    const eh_sim_account *pupil = &world->accounts.items[eh_sim_people_of(crew, class)[class->n - 1]];
    return !eh_sim_is_day_off(world, &pupil->clock, day);
}

/* The timetable: the lessons of a week, each on a weekday (counted from Sunday) in a period. */
static uint32_t lessons_a_week(const eh_sim_world *world, const eh_sim_lessons *set, uint32_t teacher)
{
    return set->per_week[0] + (uint32_t)(eh_sim_fixed(world, teacher, 30) * (set->per_week[1] - set->per_week[0] + 1));
}

static bool has_lesson(const eh_sim_world *world, const eh_sim_crew *crew, uint32_t c, uint32_t lesson, uint32_t day, double *minute)
{
    uint32_t pupil = eh_sim_people_of(crew, &crew->clubs.items[c])[1];
    uint32_t weekday = (uint32_t)(eh_sim_fixed(world, pupil, 40 + lesson) * 7);
    for (int tries = 0; tries < 7; tries++, weekday++) { /* the next school day after the one drawn */
        uint32_t offset = (weekday % 7 + 7 - eh_sim_weekday(world, 0)) % 7;
        if (is_school_day(world, crew, c, offset)) break;
    }
    *minute = 480 + 55 * (double)(uint32_t)(eh_sim_fixed(world, pupil, 50 + lesson) * n_periods);
    return eh_sim_weekday(world, day) == weekday % 7;
}

/* What the teacher gives in one lesson of a week. */
typedef struct material {
    uint32_t n, kinds[most_prompts], texts[most_prompts], articles[most_prompts];
} material;

static eh_status prepare(eh_sim_world *world, eh_sim_crew *crew, uint32_t teacher, int64_t time_ms, material *given, eh_error *err)
{
    const eh_sim_lessons *set = crew->parameters;
    given->n = eh_sim_count_between(&crew->rng, set->n_prompts);
    for (uint32_t k = 0; k < given->n && k < most_prompts; k++) {
        given->kinds[k] = (uint32_t)eh_rng_below(&crew->rng, 3);
        given->texts[k] = (uint32_t)eh_rng_next(&crew->rng);
        EH_TRY(eh_sim_add_article(world, eh_sim_skewed_below(&crew->rng, 40), world->accounts.items[teacher].language, time_ms,
                                  &given->articles[k], err));
    }
    return EH_OK;
}

static eh_status teach(eh_sim_world *world, eh_sim_crew *crew, uint32_t c, uint32_t teacher, const material *given,
                       int64_t start_ms, eh_error *err)
{
    eh_rng *rng = &crew->rng;
    for (uint32_t k = 0; k < given->n && k < most_prompts; k++) {
        eh_sim_event prompt = {.time_ms = start_ms + (int64_t)((3 + 32.0 * k / given->n + 4 * eh_rng_uniform(rng)) * (double)EH_SIM_MINUTE_MS),
                               .end_ms = start_ms + lesson_min * EH_SIM_MINUTE_MS,
                               .kind = given->kinds[k],
                               .community = c,
                               .tag = crew->clubs.items[c].tag,
                               .article = given->articles[k],
                               .text = given->texts[k]};
        eh_sim_post post = eh_sim_post_of(teacher, prompt.time_ms, EH_SIM_POST);
        post.text = prompt.text;
        post.is_feed = true;
        post.appeal = 0.3f;
        post.tags[0] = prompt.tag;
        if (prompt.kind == LINK) post.article = prompt.article;
        EH_TRY(eh_sim_add_post(world, &post, &prompt.post, err));
        if (prompt.post != EH_SIM_NONE) EH_TRY(eh_sim_add_event(world, crew, &prompt, err));
    }
    return EH_OK;
}

static eh_status teach_week(eh_sim_world *world, eh_sim_crew *crew, uint32_t leader, uint32_t lesson, uint32_t week, eh_error *err)
{
    uint32_t teacher = eh_sim_people_of(crew, &crew->clubs.items[leader])[0];
    material given;
    EH_TRY(prepare(world, crew, teacher, eh_sim_day_start_ms(world, 7 * week), &given, err));
    for (uint32_t c = leader; c < crew->clubs.n && crew->clubs.items[c].leader == leader; c++) {
        eh_sim_clock here = {.zone_min = world->communities.items[crew->clubs.items[c].community].zone_min};
        for (uint32_t day = 7 * week; day < 7 * week + 7 && day < world->n_days; day++) {
            double minute;
            if (!has_lesson(world, crew, c, lesson, day, &minute)) continue;
            EH_TRY(teach(world, crew, c, teacher, &given, eh_sim_local_ms(world, &here, day, minute), err));
        }
    }
    return EH_OK;
}

eh_status eh_sim_lessons_publish(eh_sim_world *world, eh_sim_crew *crew, eh_error *err)
{
    const eh_sim_lessons *set = crew->parameters;
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        const eh_sim_club *class = &crew->clubs.items[c];
        EH_TRY(eh_sim_add_tag(world, world->communities.items[class->community].language, &crew->clubs.items[c].tag, err));
        for (uint32_t i = 1; i < class->n; i++)
            eh_sim_turn_to(world, eh_sim_people_of(crew, class)[i], 0, crew->clubs.items[class->leader].source, 0.5);
    }
    for (uint32_t c = 0; c < crew->clubs.n; c++) {
        if (crew->clubs.items[c].leader != c) continue;
        uint32_t n = lessons_a_week(world, set, eh_sim_people_of(crew, &crew->clubs.items[c])[0]);
        for (uint32_t week = 0; 7 * week < world->n_days; week++)
            for (uint32_t lesson = 0; lesson < n; lesson++) EH_TRY(teach_week(world, crew, c, lesson, week, err));
    }
    return EH_OK;
}

static eh_status plan_prompt(eh_sim_world *world, eh_sim_crew *crew, uint32_t event, uint32_t day, eh_error *err)
{
    const eh_sim_lessons *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_event *prompt = &crew->events.items[event];
    const eh_sim_club *class = &crew->clubs.items[prompt->community];
    for (uint32_t i = 0; i < class->n; i++) {
        uint32_t account = eh_sim_people_of(crew, class)[i];
        const eh_sim_account *pupil = &world->accounts.items[account];
        if (pupil->source != EH_SIM_NONE || eh_sim_is_away(pupil, day)) continue;
        if (eh_rng_uniform(rng) >= 0.94 * pupil->zeal) continue; /* absent, or silent */
        int64_t at_ms = eh_sim_later_ms(rng, prompt->time_ms + 20000, set->delay_s, 0.7);
        if (at_ms >= prompt->end_ms) { /* not finished: homework */
            if (eh_rng_uniform(rng) < 0.7) continue;
            at_ms = prompt->end_ms + (int64_t)((2 + 7 * eh_rng_uniform(rng)) * (double)EH_SIM_HOUR_MS);
            if (!eh_sim_is_awake(&pupil->clock, at_ms)) continue;
        }
        eh_sim_task task = eh_sim_task_of(account, at_ms, prompt->kind);
        task.event = event;
        EH_TRY(eh_sim_plan(world, crew, &task, err));
    }
    return EH_OK;
}

eh_status eh_sim_lessons_plan(eh_sim_world *world, eh_sim_crew *crew, uint32_t day, eh_error *err)
{
    return eh_sim_plan_events(world, crew, day, plan_prompt, err);
}

eh_status eh_sim_lessons_carry_out(eh_sim_world *world, eh_sim_crew *crew, const eh_sim_task *task, eh_error *err)
{
    const eh_sim_lessons *set = crew->parameters;
    eh_rng *rng = &crew->rng;
    const eh_sim_event *prompt = &crew->events.items[task->event];
    double which = eh_rng_uniform(rng);
    if (task->kind == QUESTION && which < 0.7)
        return eh_sim_respond(world, rng, task->account, task->time_ms, prompt->post, EH_SIM_REPLY, err);
    if (task->kind == LINK && which < 0.3) return eh_sim_repost(world, task->account, prompt->post, task->time_ms, err);
    if (task->kind == LINK) return eh_sim_share_article(world, rng, task->account, task->time_ms, prompt->article, 0.5, err);
    if (task->kind == DEFINITION && which < set->copied_share) /* from the book */
        return eh_sim_paste(world, task->account, task->time_ms, prompt->text, prompt->tag, EH_SIM_NONE, err);
    return eh_sim_write(world, rng, task->account, task->time_ms, prompt->tag, EH_SIM_NONE, err);
}
