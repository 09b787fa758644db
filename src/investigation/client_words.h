/**
 * @file client_words.h
 * What names say of programs that made a post, and of accounts, as regular expressions (RE2; of programs in lower case). One place
 * for them, so that claims and statements agree on what counts as declared.
 */
#ifndef EH_INVESTIGATION_CLIENT_WORDS_H
#define EH_INVESTIGATION_CLIENT_WORDS_H

/** The name itself says that nobody types. */
#define EH_CLIENT_DECLARES "(^|[^a-z])(bots?|automation|automated)([^a-z]|$)"
/** Known to post by schedule or from feeds. */
#define EH_CLIENT_IS_SCHEDULER "ifttt|dlvr|zapier|buffer|hootsuite|twitterfeed|socialflow|echobox|automat|schedul|rss|feed"
/** The name of an account, as it is written, says so. */
#define EH_HANDLE_DECLARES "([_.-]bot|[a-z]Bot)([_.-]|$)"
#endif
