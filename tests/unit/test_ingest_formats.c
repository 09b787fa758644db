/* Every format on small invented files, with the variants and traps that real ones show. */
#include "ingest_helper.h"

#define US "1537230000000000"

static void lists_the_formats(void)
{
    size_t n = 0;
    const eh_format_info *formats = eh_ingest_formats(&n);
    CHECK_EQ_INT(n, 7);
    for (size_t i = 0; i < n; i++)
        CHECK(*formats[i].name && *formats[i].summary && *formats[i].recognised_by && *formats[i].fields);
    for (int i = 0; i < EH_N_REJECT_REASONS; i++) CHECK(strcmp(eh_reject_reason_name((eh_reject_reason)i), "unknown") != 0);
}

static void names_behaviours(void)
{
    eh_behaviour b;
    for (int i = 0; i < EH_N_BEHAVIOURS; i++) {
        const char *name = eh_behaviour_name((eh_behaviour)i);
        CHECK(eh_behaviour_of((eh_str){name, strlen(name)}, &b) && b == (eh_behaviour)i);
    }
    CHECK(eh_behaviour_of((eh_str){"co_retweet", 10}, &b) && b == EH_REPOST);
    CHECK(eh_behaviour_of((eh_str){"co_link", 7}, &b) && b == EH_LINK);
    CHECK(eh_behaviour_of((eh_str){"co_tweet", 8}, &b) && b == EH_TEXT);
    CHECK(eh_behaviour_of((eh_str){"co_reply", 8}, &b) && b == EH_REPLY);
    CHECK(!eh_behaviour_of((eh_str){"", 0}, &b) && !eh_behaviour_of((eh_str){"co_", 3}, &b));
    CHECK_EQ_STR(eh_post_kind_name(EH_KIND_QUOTE), "quote");
}

static void reads_coortweet(void)
{
    ingested in;
    eh_ingest_options options = eh_ingest_options_default();
    static const char text[] = "object_id,account_id,content_id,timestamp_share\n,ada,c1,2018-09-18 00:20:00\np1,ben,c2,2018-09-18 00:20:01\n";
    ingest_text(text, &in);
    CHECK_LOG(in, "1 ada/c1 repost = " US "\n2 ben/c2 repost =p1 1537230001000000\n");
    CHECK_EQ_STR(in.report.time_format, "date_time");
    CHECK_EQ_STR(in.report.note, "times without a zone are taken as UTC");
    options.has_behaviour = true;
    options.behaviour = EH_HASHTAG;
    ingest_bytes(text, sizeof text - 1, &options, &in);
    CHECK_LOG(in, "1 ada/c1 hashtag = " US "\n2 ben/c2 hashtag =p1 1537230001000000\n");
}

static void reads_cnt(void)
{
    ingested in;
    ingest_text("timestamp,urls,message,reply_id,repost_id,username,user_id,message_id\n"
                "1537230000.518101,,hello,,p1,ada_l,ada,1\n"
                "1537230000,http://a.example/1 http://b.example/2,NA,,,ben_k,ben,2\n"
                "1537230000,\"['http://a.example/1', 'http://b.example/2']\",, 2 ,,c,cleo,3\n"
                "1537230000,[],x,q,p,d,dora,4\n",
                &in);
    CHECK_LOG(in, "1 ada/1 repost >p1 1537230000518101 hello\n"
                  "2 ben/2 post " US " u[http://a.example/1,http://b.example/2] NA\n"
                  "3 cleo/3 reply ~2 " US " u[http://a.example/1,http://b.example/2]\n"
                  "4 dora/4 repost >p ~q " US " x\n");
    CHECK_EQ_STR(in.report.format, "cnt");
    CHECK_EQ_INT(in.report.time_precision_us, 1);
}

static void reads_long(void)
{
    ingested in;
    ingest_text("time,object,behaviour,account_id\n2018-09-18T00:20:00Z,tag,hashtag,ada\n2018-09-18T02:20:00+02:00,r1,Reply,ben\n", &in);
    CHECK_LOG(in, "1 ada hashtag =tag " US "\n2 ben reply =r1 " US "\n");
    CHECK_EQ_STR(in.report.format, "long");
    CHECK_EQ_STR(in.report.note, "");
    CHECK_EQ_INT(in.last.kind, EH_KIND_REPLY);
}

/* ---- Information Operations archive ------------------------------------------------------- */

/* 1041866950734512128 is made at 2018-09-18T01:50:12.664Z. */
static void reads_io_archives(void)
{
    ingested in;
    ingest_text("\"tweetid\",\"userid\",\"user_screen_name\",\"account_creation_date\",\"tweet_language\",\"tweet_text\",\"tweet_time\","
                "\"tweet_client_name\",\"in_reply_to_tweetid\",\"in_reply_to_userid\",\"quoted_tweet_tweetid\",\"is_retweet\","
                "\"retweet_userid\",\"retweet_tweetid\",\"hashtags\",\"urls\",\"user_mentions\"\n"
                "\"1041866950734512128\",\"aa11\",\"aa11\",\"2013-12-07\",\"en\",\"RT @bob: \"\"hi\"\"\",\"2018-09-18 01:50\",\"Deck\",\"\",\"\",\"\",\"true\","
                "\"77\",\"1041862950735839232\",\"[]\",\"[http://a.example/1, http://b.example/2]\",\"[77, 78]\"\n"
                "\"1041866950734512129\",\"aa12\",\"\",\"\",\"\",\"t\",\"2018-09-18 01:50\",\"\",\"55\",\"\",\"\",\"false\",\"\",\"\",\"\",\"\",\"\"\n",
                &in);
    CHECK_LOG(in, "1 aa11/1041866950734512128 repost >1041862950735839232 @77 1537235412664000 "
                  "u[http://a.example/1,http://b.example/2] m[77,78] RT @bob: \"hi\"\n"
                  "2 aa12/1041866950734512129 reply ~55 1537235412664000 t\n");
    CHECK_EQ_INT(in.report.n_times_refined, 2);
    CHECK_EQ_INT(in.report.time_precision_us, 1000);
    ingest_text("tweetid,userid,tweet_text,tweet_time,in_reply_to_userid,in_reply_to_tweetid,quoted_tweet_tweetid,is_retweet,retweet_userid,"
                "retweet_tweetid,hashtags,urls,user_mentions\n"
                "1041866950734512128,yg+=,x,2018-09-18 01:50,,,,True,9,1041862950735839232,\"['a', 'b']\",['http://a.example/1'],[]\n"
                "1041866950734512128,yg+=,x,2018-09-18 01:51,,,1041862950735839232,False,,,[],[],[]\n"
                "12345,yg+=,x,2018-09-18 01:51,,,,False,,,,,\n",
                &in);
    CHECK_LOG(in, "1 yg+=/1041866950734512128 repost >1041862950735839232 @9 1537235412664000 u[http://a.example/1] h[a,b] x\n"
                  "2 yg+=/1041866950734512128 quote >1041862950735839232 1537235460000000 x\n"
                  "3 yg+=/12345 post 1537235460000000 x\n");
    CHECK_EQ_INT(in.report.n_times_refined, 1);
    CHECK_EQ_INT(in.report.time_precision_us, 60000000);
}

/* 2018-09-18T01:50:12.664Z, and the same moment an hour and 17 minutes later: ids that were cut to minutes. */
static void takes_the_step_of_ids(void)
{
    ingested in;
    ingest_text("tweetid,userid,tweet_time\n1041866950734512128,a,2018-09-18 01:50\n1041886328418992128,b,2018-09-18 03:07\n", &in);
    CHECK_EQ_INT(in.report.n_times_refined, 2);
    CHECK_EQ_INT(in.report.time_precision_us, 60000000);
    ingest_text("tweetid,userid,tweet_time\n1041866950734512128,a,2018-09-18 01:50\n1041886328423186432,b,2018-09-18 03:07\n", &in);
    CHECK_EQ_INT(in.report.n_times_refined, 2);
    CHECK_EQ_INT(in.report.time_precision_us, 1000);
}

static void tells_the_birth_of_targets(void)
{
    ingested in;
    ingest_text("tweetid,userid,tweet_time,is_retweet,retweet_tweetid\n1041866950734512128,a,2018-09-18 01:50,true,1041862950735839232\n", &in);
    CHECK_EQ_INT(in.last.target_time_us, INT64_C(1537234458990000));
    ingest_text("tweetid,userid,tweet_time,is_retweet,retweet_tweetid\n1041862950735839232,a,2018-09-18 01:34,true,1042225338601439232\n", &in);
    CHECK_EQ_INT(in.last.target_time_us, EH_NO_TIME); /* younger than its repost: no such id */
}

/* ---- X API v2 ----------------------------------------------------------------------------- */

#define USERS "\"users\":[{\"id\":\"1\",\"username\":\"ada\",\"created_at\":\"2014-01-01T00:00:00.000Z\"},{\"id\":\"2\",\"username\":\"ben\"}]"

static void reads_pages(void)
{
    ingested in;
    ingest_text("{\"data\":[{\"id\":\"1041866950734512128\",\"author_id\":\"1\",\"created_at\":\"2018-09-18T01:50:12.000Z\",\"lang\":\"en\","
                "\"source\":\"Deck\",\"text\":\"RT @ben: some tex\\u2026\",\"referenced_tweets\":[{\"type\":\"retweeted\",\"id\":\"1041862950735839232\"}],"
                "\"entities\":{\"mentions\":[{\"username\":\"ben\"}]}},"
                "{\"id\":\"1041866950734512129\",\"author_id\":\"2\",\"created_at\":\"2018-09-18T01:50:12.000Z\",\"text\":\"q\","
                "\"referenced_tweets\":[{\"type\":\"replied_to\",\"id\":\"5\"},{\"type\":\"quoted\",\"id\":\"6\"}],"
                "\"entities\":{\"mentions\":[{\"username\":\"ada\"},{\"username\":\"zoe\",\"id\":\"9\"},{\"username\":\"yan\"}]}}],"
                "\"includes\":{" USERS ",\"tweets\":[{\"id\":\"1041862950735839232\",\"author_id\":\"2\",\"text\":\"some text, whole\",\"entities\":{"
                "\"hashtags\":[{\"tag\":\"Tag\"}],\"urls\":[{\"url\":\"https://t.example/1\",\"expanded_url\":\"http://b.example/e\",\"unwound_url\":\"http://b.example/u\"},"
                "{\"url\":\"https://t.example/2\",\"expanded_url\":\"http://c.example/e\"},{\"url\":\"https://t.example/3\",\"media_key\":\"3_1\"}]},"
                "\"attachments\":{\"media_keys\":[\"3_1\"]}}]},\"meta\":{\"result_count\":2}}\n"
                "{\"meta\":{\"result_count\":0},\"__twarc\":{\"version\":\"2\"}}\n"
                "{\"data\":[{\"id\":\"1\",\"username\":\"ada\"}]}\n"
                "{\"errors\":[{\"title\":\"gone\"}]}\n"
                "{\"data\":{\"id\":\"7\",\"author_id\":\"1\",\"created_at\":\"2018-09-18T00:20:00.000Z\",\"text\":\"one\"}}\n",
                &in);
    CHECK_LOG(in, "1 1/1041866950734512128 repost >1041862950735839232 @2 1537235412664000 u[http://b.example/u,http://c.example/e] h[Tag] x[3_1] some text, whole\n"
                  "2 2/1041866950734512129 quote >6 ~5 1537235412664000 m[1,9,yan] q\n"
                  "3 not_a_post\n4 not_a_post\n5 not_a_post\n"
                  "6 1/7 post " US " one\n");
    CHECK_EQ_STR(in.report.format, "twarc2_pages");
    CHECK_EQ_INT(in.report.n_times_refined, 2);
    CHECK_EQ_INT(in.report.time_precision_us, 1000000);
}

static void reads_flattened_tweets(void)
{
    ingested in;
    ingest_text("{\"id\":\"1041866950734512128\",\"author_id\":\"1\",\"author\":{\"id\":\"1\",\"username\":\"ada\"},\"created_at\":\"2018-09-18T01:50:12.000Z\","
                "\"text\":\"RT @ben: cu\\u2026\",\"referenced_tweets\":[{\"type\":\"retweeted\",\"id\":\"8\",\"author_id\":\"2\",\"text\":\"cut no more\"}]}\n"
                "\n"
                "{\"id\":\"1041866950734512128\",\"author\":{\"id\":\"1\"},\"created_at\":\"2018-09-18T01:50:12.000Z\",\"text\":\"RT @ben: x\","
                "\"referenced_tweets\":[{\"type\":\"retweeted\",\"id\":\"8\"}],\"entities\":{\"mentions\":[{\"username\":\"ben\",\"id\":\"2\"}]}}\n"
                "{\"id\":\"1041866950734512128\",\"author_id\":\"1\",\"created_at\":\"2018-09-18T01:50\n"
                "[1,2]\n"
                "{\"id\":\"3\",\"created_at\":\"2018-09-18T00:20:00.000Z\",\"text\":\"lone \\ud83d\"}\n"
                "{\"id\":\"3\",\"author_id\":\"4\",\"text\":\"x\"}\n"
                "{\"id\":\"3\",\"author_id\":\"4\",\"created_at\":\"2018-09-18T00:20:00.000Z\",\"text\":\"lone \\ud83d\"}",
                &in);
    CHECK_LOG(in, "1 1/1041866950734512128 repost >8 @2 1537235412664000 cut no more\n"
                  "2 1/1041866950734512128 repost >8 @2 1537235412664000 m[2] RT @ben: x\n"
                  "3 malformed\n4 not_a_post\n5 no_account\n6 no_time\n"
                  "7 4/3 post " US " lone \xEF\xBF\xBD\n");
    CHECK_EQ_STR(in.report.format, "twarc2_flat");
}

/* ---- mapped ------------------------------------------------------------------------------- */

static void reads_mapped_tables(void)
{
    ingested in;
    ingest_mapped("who;at;what;links;tags;names;hash;of\n"
                  "ada;1537230000;RT;http://a.example/1 http://a.example/2;#x,#y;@ben|@cleo;ff00;p1\n"
                  "ben;1537230000;reply;NA;null;None;NaN;p2\n"
                  "ben;1537230000;odd;;;;;\n"
                  ";1537230000;post;;;;;\n",
                  "account=who time=AT kind=what urls=links hashtags=tags mentions=names media=hash target_post=of", &in);
    CHECK_LOG(in, "1 ada repost >p1 " US " u[http://a.example/1,http://a.example/2] h[x,y] m[ben,cleo] x[ff00]\n"
                  "2 ben reply ~p2 " US "\n3 ben post " US "\n4 no_account\n");
    CHECK_EQ_STR(in.report.format, "map");
    CHECK_EQ_STR(in.report.note, "columns are parted by ';'; 1 rows of an unknown kind were read as posts");
    ingest_mapped("who,at,of\nada,1537230000,p1\nada,1537230000,NA\n", "account=who time=at target_post=of", &in);
    CHECK_LOG(in, "1 ada repost >p1 " US "\n2 ada post " US "\n");
}

static void reads_mapped_lines(void)
{
    ingested in;
    ingest_mapped("{\"author\":{\"id\":12345678901234567890},\"at\":1537230000.5,\"e\":{\"tags\":[{\"t\":\"x\"},{\"t\":\"y\"}]},\"urls\":\"http://a.example http://b.example\"}\n"
                  "{\"author\":{\"id\":null},\"at\":1537230000}\n"
                  "{\"author\":{\"id\":\"9.05875E+17\"},\"at\":1537230000}\n"
                  "{\"author.id\":\"flat\",\"at\":\"1537230000\",\"urls\":[\"http://c.example/a b\",null]}\n7\n",
                  "account=author.id time=at hashtags=e.tags.t urls=urls", &in);
    CHECK_LOG(in, "1 12345678901234567890 post 1537230000500000 u[http://a.example,http://b.example] h[x,y]\n"
                  "2 no_account\n3 damaged_id\n4 flat post " US " u[http://c.example/a b]\n5 not_a_post\n");
    CHECK_EQ_STR(in.report.format, "map");
}

static void refuses_bad_maps(void)
{
    ingested in;
    static const char text[] = "who,at\nada,1537230000\n";
    ingest_mapped(text, "account=who time=then", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "no column 'then'");
    CHECK_FAILS(in, EH_E_FORMAT, "who, at");
    ingest_mapped(text, "acount=who time=at", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "no field 'acount'");
    CHECK_FAILS(in, EH_E_FORMAT, "account_created");
    ingest_mapped(text, "account=who", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "at least account and time");
    ingest_mapped(text, "account= time=at", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "names no column");
    ingest_mapped("{\"a\":1,\"t\":1537230000}\n", "account=a time=t post=p.q", &in);
    CHECK_FAILS(in, EH_E_FORMAT, "no column 'p.q'");
    CHECK_FAILS(in, EH_E_FORMAT, "a, t");
    eh_column_map map = {{"account", 7}, {"a", 1}};
    eh_ingest_options options = eh_ingest_options_default();
    options.format = "cnt";
    options.maps = &map;
    options.n_maps = 1;
    ingest_bytes(text, sizeof text - 1, &options, &in);
    CHECK_FAILS(in, EH_E_INVALID, "--format cnt");
}

CHECK_MAIN(lists_the_formats, names_behaviours, reads_coortweet, reads_cnt, reads_long, reads_io_archives,
           takes_the_step_of_ids, tells_the_birth_of_targets, reads_pages, reads_flattened_tweets, reads_mapped_tables, reads_mapped_lines,
           refuses_bad_maps)
