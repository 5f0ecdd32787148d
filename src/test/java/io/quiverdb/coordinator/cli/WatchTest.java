// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.cli.Typed.Shell;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Waiting for a migration: output and exit codes. */
class WatchTest {
  private static final String MOVE = "GET /cluster/migrations/3";

  /** Looks that are four a second take twice as long for so many phases. */
  private static final int PHASES = 40;

  private static final Duration SOONER_THAN_BY_POLLING = Duration.ofSeconds(5);
  private static final String ROUTER = "http://r2:6330 still serves map version 5";

  @AutoClose private final StubMember first = new StubMember();
  @AutoClose private final StubMember second = new StubMember();

  /** Gives the answers one after the other, then always the last one. */
  private static void tells(StubMember member, String... migrations) {
    AtomicInteger next = new AtomicInteger();
    member.on(
        MOVE,
        exchange ->
            StubMember.text(
                exchange,
                200,
                migrations[Math.min(next.getAndIncrement(), migrations.length - 1)]));
  }

  private static String running(String phase, long done) {
    return MigrationAnswers.grow(phase, "running", done, "");
  }

  @Test
  void aLineForEachChangeWhereThereIsNoTerminal() {
    tells(
        first,
        running("ADOPTING", 0),
        running("COPYING", 10),
        running("COPYING", 11),
        running("COPYING", 30_211),
        MigrationAnswers.grow("COPYING", "holding", 30_211, ROUTER),
        MigrationAnswers.grow("COPYING", "holding", 30_211, ROUTER),
        MigrationAnswers.grow("DONE", "done", 90_000, ""));
    Typed typed = new Shell().at(first).type("migrations", "3", "--watch");
    assertEquals(0, typed.code(), typed.err());
    String at = "2026-11-23T10:00:05Z  ";
    assertEquals(
        List.of(
            at + "ADOPTING  running: 0 of 90,000 points (0%), 41,000/s, 2 s left",
            at + "COPYING  running: 10 of 90,000 points (0%), 41,000/s, 2 s left",
            at + "COPYING  running: 30,211 of 90,000 points (33%), 41,000/s, 2 s left",
            at
                + "COPYING  holding: 30,211 of 90,000 points (33%), 41,000/s, 2 s left; waits for"
                + " router: http://r2:6330 still serves map version 5 (12 attempts)",
            at + "DONE  done: 90,000 of 90,000 points (100%), 41,000/s, 2 s left"),
        typed.lines());
  }

  @Test
  void theExitCodeSaysHowItEnded() {
    tells(first, running("COPYING", 1), MigrationAnswers.grow("REVERTED", "reverted", 1, ""));
    assertEquals(3, new Shell().at(first).type("migrations", "3", "--watch").code());
    tells(first, MigrationAnswers.grow("FAILED", "failed", 0, ""));
    assertEquals(4, new Shell().at(first).type("migrations", "3", "--watch").code());
  }

  @Test
  void aMigrationThatStandsStillIsWaitedForUnlessThatIsLimited() {
    String holding = MigrationAnswers.grow("COPYING", "holding", 1, ROUTER);
    tells(first, holding, holding, MigrationAnswers.grow("DONE", "done", 90_000, ""));
    assertEquals(0, new Shell().at(first).type("migrations", "3", "--watch").code());
    for (String state : new String[] {"holding", "paused"}) {
      tells(first, MigrationAnswers.grow("COPYING", state, 1, ROUTER));
      Typed typed =
          new Shell().at(first).type("migrations", "3", "--watch", "--hold-limit", "300ms");
      assertEquals(4, typed.code());
      assertTrue(typed.err().contains("migration 3 is on hold"), typed.err());
    }
    assertEquals(
        2, new Shell().at(first).type("migrations", "3", "--watch", "--hold-limit", "x").code());
  }

  @Test
  void theLimitIsForEachThingThatItStandsStillAt() {
    // Five seconds of standing still in all, and never for long at the same thing.
    String[] migrations = new String[21];
    for (int i = 0; i < 20; i++) {
      migrations[i] =
          MigrationAnswers.grow(i % 2 == 0 ? "SETTLING" : "DROPPING", "holding", 1, ROUTER);
    }
    migrations[20] = MigrationAnswers.grow("DONE", "done", 90_000, "");
    tells(first, migrations);
    Typed typed = new Shell().at(first).type("migrations", "3", "--watch", "--hold-limit", "3s");
    assertEquals(0, typed.code(), typed.err());
  }

  @Test
  void aMemberThatDiesIsFollowedByTheNextOne() {
    AtomicInteger asked = new AtomicInteger();
    first.on(
        MOVE,
        exchange ->
            StubMember.text(
                exchange, asked.incrementAndGet() == 1 ? 200 : 503, running("COPYING", 1)));
    tells(second, running("COPYING", 45_000), MigrationAnswers.grow("DONE", "done", 90_000, ""));
    Typed typed = new Shell().at(first, second).type("migrations", "3", "--watch");
    assertEquals(0, typed.code(), typed.err());
    assertEquals(3, typed.lines().size());
    assertEquals(2, asked.get(), "the one that answered last is asked first");
  }

  @Test
  void anElectionIsWaitedFor() {
    AtomicInteger asked = new AtomicInteger();
    first.on(
        MOVE,
        exchange -> {
          boolean electing = asked.incrementAndGet() <= 3;
          StubMember.text(
              exchange,
              electing ? 503 : 200,
              electing
                  ? "{\"title\":\"Service Unavailable\"}"
                  : MigrationAnswers.grow("DONE", "done", 90_000, ""));
        });
    Typed typed = new Shell().at(first).type("migrations", "3", "--watch");
    assertEquals(0, typed.code(), typed.err());
    assertEquals("no member answers now; asking again\n", typed.err());
  }

  @Test
  void aFinalRefusalIsNotAskedAgain() {
    first.problem(MOVE, 404, "Not Found", "there is no migration 3");
    Typed typed = new Shell().at(first).type("migrations", "3", "--watch");
    assertEquals(1, typed.code());
    assertEquals(1, first.asked().size());
    assertTrue(typed.err().startsWith("error: Not Found: there is no migration 3"), typed.err());
  }

  @Test
  void theActiveOneUnlessOneIsNamed() {
    first.on("GET /cluster/migrations/active", 200, running("COPYING", 1));
    tells(first, MigrationAnswers.grow("DONE", "done", 90_000, ""));
    assertEquals(0, new Shell().at(first).type("migrations", "--watch").code());
  }

  @Test
  void growWaitsForTheMigrationThatItStarted() {
    first.on("POST /cluster/shards/grow", 200, "{\"version\":6,\"shards\":[]}");
    first.on(
        "GET /cluster/migrations?limit=5",
        200,
        "{\"migrations\":["
            + running("COPYING", 1).replace("\"id\":3", "\"id\":9").replace("n4", "n9")
            + ","
            + running("COPYING", 1)
            + "]}");
    tells(first, running("COPYING", 1), MigrationAnswers.grow("REVERTED", "reverted", 1, ""));
    Typed typed = new Shell().at(first).type("shards", "grow", "http://n4:6333", "--wait");
    assertEquals(3, typed.code(), typed.err());
    assertEquals(2, typed.lines().size());
    Typed json =
        new Shell().at(first).type("shards", "grow", "http://n4:6333", "--wait", "-o", "json");
    assertEquals(MigrationAnswers.grow("REVERTED", "reverted", 1, "") + "\n", json.out());
  }

  @Test
  void growDoesNotWaitForAnEarlierMigrationOfTheSameShard() {
    first.on("POST /cluster/shards/grow", 200, "{\"version\":6,\"shards\":[]}");
    String earlier =
        MigrationAnswers.grow("REVERTED", "reverted", 1, "").replace("\"id\":3", "\"id\":2");
    AtomicInteger asked = new AtomicInteger();
    first.on(
        "GET /cluster/migrations?limit=5",
        exchange ->
            StubMember.text(
                exchange,
                200,
                "{\"migrations\":["
                    + (asked.incrementAndGet() > 2 ? running("COPYING", 1) + "," : "")
                    + earlier
                    + "]}"));
    tells(first, MigrationAnswers.grow("DONE", "done", 90_000, ""));
    Typed typed = new Shell().at(first).type("shards", "grow", "http://n4:6333", "--wait");
    assertEquals(0, typed.code(), typed.err());
    assertEquals(3, asked.get());
  }

  @Test
  void aRepeatedStartShowsTheMigrationThatHasEnded() {
    first.on("POST /cluster/shards/grow", 200, "{\"version\":6,\"shards\":[]}");
    String ended = MigrationAnswers.grow("REVERTED", "reverted", 1, "");
    first.on("GET /cluster/migrations?limit=5", 200, "{\"migrations\":[" + ended + "]}");
    tells(first, ended);
    assertEquals(
        3,
        new Shell()
            .at(first)
            .type("shards", "grow", "http://n4:6333", "--wait", "--idempotency-key", "again")
            .code());
  }

  @Test
  void aPhaseIsLookedAtWhenItsEventComes() {
    Semaphore looks = new Semaphore(0);
    AtomicInteger phases = new AtomicInteger();
    first.on(
        MOVE,
        exchange -> {
          StubMember.text(
              exchange,
              200,
              phases.get() < PHASES
                  ? running("COPYING", 1)
                  : MigrationAnswers.grow("DONE", "done", 90_000, ""));
          looks.release();
        });
    first.on(
        "GET /cluster/events",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          write(out, "id: 7\nevent: standing\ndata: {}\n\n");
          while (phases.get() < PHASES) {
            awaited(looks);
            write(
                out,
                "id: %d\nevent: migration\ndata: {}\n\n".formatted(8 + phases.getAndIncrement()));
          }
        });
    Typed typed =
        assertTimeout(
            SOONER_THAN_BY_POLLING, () -> new Shell().at(first).type("migrations", "3", "--watch"));
    assertEquals(0, typed.code(), typed.err());
    assertEquals(2, typed.lines().size());
    assertTrue(first.asked().stream().anyMatch(a -> a.line().equals("GET /cluster/events")));
    assertTrue(first.asked().size() < PHASES + 8, first.asked().toString());
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void awaited(Semaphore looks) {
    try {
      assertTrue(looks.tryAcquire(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aTerminalIsRedrawnInPlace() {
    tells(first, running("COPYING", 30_211), MigrationAnswers.grow("DONE", "done", 90_000, ""));
    Typed typed = new Shell().at(first).answering("").type("migrations", "3", "--watch");
    assertEquals(0, typed.code(), typed.err());
    String[] frames = typed.out().split("\u001b\\[\\?7h", -1);
    assertEquals(3, frames.length);
    assertFalse(frames[0].contains("A\r"), "nothing stands above the first frame");
    // Five lines: the migration, its phases, its numbers and two parts.
    assertTrue(frames[1].contains("\u001b[5A\r"), frames[1]);
    assertTrue(frames[0].contains("[COPYING]") && frames[1].contains("[DONE]"));
    assertTrue(frames[0].contains("\u001b[2K  images  1 -> 4  [#...................]   5%"));
    assertFalse(typed.out().contains("\u001b[32m"), "no colours where none are allowed");
  }
}
