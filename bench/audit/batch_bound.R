# What any test can find where networks are taken down as a whole: outcomes of networks, their true level known.
args <- commandArgs(TRUE); n_sim <- as.integer(args[1]); or <- 2; slope <- 1.2; sdl <- sqrt(.5)
inv <- plogis
# the constant of the simulated design: share .2 of accounts where e ~ N(0,1), networks' own SD .3
z <- ((-120:119) + .5) / 20; w <- dnorm(z)
const <- uniroot(function(m) sum(w * inv(m + sqrt(slope^2 + .09) * z)) / sum(w) - .2, c(-40, 40))$root
set.seed(7)
one <- function(n, or) {
  a <- rep(1:0, each = n); l <- sdl * rnorm(2 * n)
  y <- rbinom(2 * n, 1, inv(const + slope * l + log(or) * a))
  list(a = a, l = l, y = y)
}
np <- function(d) { p0 <- inv(const + slope * d$l[d$a == 1]); p1 <- inv(const + slope * d$l[d$a == 1] + log(or)); y <- d$y[d$a == 1]; sum(y * log(p1 / p0) + (1 - y) * log((1 - p1) / (1 - p0))) }
lr <- function(d) { x <- glm.fit(cbind(1, d$l, d$a), d$y, family = binomial()); x0 <- glm.fit(cbind(1, d$l), d$y, family = binomial()); x0$deviance - x$deviance }
for (n in c(30, 60, 100, 200, 250, 300)) {
  t0 <- replicate(n_sim * 5, np(one(n, 1))); t1 <- replicate(n_sim * 5, np(one(n, or)))
  l0 <- replicate(n_sim, lr(one(n, 1))); l1 <- replicate(n_sim, lr(one(n, or)))
  d <- one(20000, 1)
  cat(sprintf("%d + %d: down at OR 1 %.3f; Neyman-Pearson, constants known, one-sided .025: %.3f, .05: %.3f; likelihood ratio, levels known: size %.3f, power %.3f, power at its own 5%% point %.3f\n", n, n,
      mean(d$y), mean(t1 > quantile(t0, .975)), mean(t1 > quantile(t0, .95)), mean(l0 > qchisq(.95, 1)), mean(l1 > qchisq(.95, 1)), mean(l1 > quantile(l0, .95))))
}
