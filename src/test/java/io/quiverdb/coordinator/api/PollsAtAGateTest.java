// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Proposal;
import io.quiverdb.coordinator.command.Stamp;
import io.quiverdb.coordinator.consensus.Submission;
import io.quiverdb.coordinator.model.Outcome;
import io.quiverdb.coordinator.model.Phase;
import io.quiverdb.coordinator.state.Walk;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Polls of the map at a member that has applied a gate. */
class PollsAtAGateTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final FakeLeader node =
      new FakeLeader(Keys.of(List.of(new Keys.Configured("routers", "read", Role.READ))));

  @BeforeEach
  void gate() throws Exception {
    log(new Command.StartMigration(Walk.grow("http://127.0.0.1:2"), 0, 1));
    Phase before = Phase.PREPARED;
    for (Phase phase :
        List.of(Phase.JOINING, Phase.ADOPTING, Phase.COPYING, Phase.VERIFYING, Phase.WARMING)) {
      log(new Command.AdvanceMigration(1, before, phase, "", 1));
      before = phase;
    }
    log(new Command.GateMigration(1, Phase.WARMING, 1));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private void log(Command command) throws Exception {
    Submission.Answered answer =
        (Submission.Answered)
            node.submit(Proposal.of(new Stamp("c1", Stamp.SYSTEM, 1), command)).get();
    assertTrue(answer.outcome() instanceof Outcome.Accepted, answer::toString);
  }

  private void flip() throws Exception {
    log(new Command.AdvanceMigration(1, Phase.WARMING, Phase.PROMOTED, "", 1));
  }

  private HttpRequest.Builder get(String query) {
    return HttpRequest.newBuilder(node.at("/cluster/map" + query))
        .header("Authorization", "Bearer read");
  }

  private CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
    return CLIENT.sendAsync(request.build(), BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> heldPoll(String query) {
    int before = node.held.get();
    CompletableFuture<HttpResponse<String>> poll = send(get(query));
    await("the poll is held").until(() -> node.held.get() == before + 1);
    return poll;
  }

  private static void has(long version, CompletableFuture<HttpResponse<String>> poll)
      throws Exception {
    HttpResponse<String> answer = poll.get(2, TimeUnit.SECONDS);
    assertEquals(200, answer.statusCode(), answer.body());
    assertTrue(answer.body().startsWith("{\"version\":" + version + ","), answer.body());
    assertEquals("\"" + version + "\"", answer.headers().firstValue("ETag").orElse(""));
  }

  private String index() {
    return Long.toString(node.linearizable().join().index());
  }

  @Test
  void aPollWaitsForTheFlip() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> polls =
        List.of(heldPoll(""), heldPoll("?x=1"), heldPoll("?wait=1s"));
    flip();
    for (CompletableFuture<HttpResponse<String>> poll : polls) {
      has(2, poll);
      assertEquals(index(), poll.get().headers().firstValue("X-Quiver-Applied-Index").orElse(""));
    }
  }

  @Test
  void aGateThatIsGoneAnswersWithTheOldMap() throws Exception {
    CompletableFuture<HttpResponse<String>> poll = heldPoll("");
    log(new Command.PauseMigration(1));
    has(1, poll);
    has(1, send(get("")));
  }

  @Test
  void aCallerThatIsNoRouterIsAnsweredAtOnce() throws Exception {
    has(1, send(get("?consistency=local")));
    has(1, send(get("?consistency=linearizable")));
    has(1, send(get("?min_version=1")));
    has(1, send(get("").header("If-None-Match", "\"0\"")));
    has(1, send(get("?x=1").header("If-None-Match", "\"0\"")));
    assertEquals(
        304, send(get("").header("If-None-Match", "\"1\"")).get(2, TimeUnit.SECONDS).statusCode());
    HttpResponse<String> head =
        send(get("").method("HEAD", HttpRequest.BodyPublishers.noBody())).get(2, TimeUnit.SECONDS);
    assertEquals("\"1\"", head.headers().firstValue("ETag").orElse(""));
    assertEquals(0, node.held.get());
  }

  @Test
  void aCallerThatMayNotReadIsNotHeld() throws Exception {
    for (String query : List.of("", "?x=1")) {
      HttpRequest.Builder stranger = HttpRequest.newBuilder(node.at("/cluster/map" + query));
      assertEquals(401, send(stranger).get(2, TimeUnit.SECONDS).statusCode());
    }
    assertEquals(0, node.held.get());
  }

  @Test
  void thatTheMapIsYoungEnoughIsLookedAtWhenTheAnswerIsGiven() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> polls = List.of(heldPoll(""), heldPoll("?x=1"));
    node.age = Optional.of(Duration.ofSeconds(3));
    log(new Command.PauseMigration(1));
    for (CompletableFuture<HttpResponse<String>> poll : polls) {
      assertEquals(503, poll.get(2, TimeUnit.SECONDS).statusCode());
    }
  }

  @Test
  void aMemberThatCatchesUpMeanwhileAnswersWithTheFlip() throws Exception {
    node.age = Optional.of(Duration.ofSeconds(3));
    CompletableFuture<HttpResponse<String>> poll = heldPoll("");
    node.age = Optional.of(Duration.ZERO);
    flip();
    has(2, poll);
  }

  @Test
  void heldPollsTakeNoThreads() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> polls = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      polls.add(send(get("")));
    }
    await().until(() -> node.held.get() == 200);
    has(1, send(get("?consistency=local")));
    flip();
    for (CompletableFuture<HttpResponse<String>> poll : polls) {
      has(2, poll);
    }
  }

  @Test
  void aClientThatHasGoneAwayIsNoTrouble() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      socket
          .getOutputStream()
          .write(
              "GET /cluster/map HTTP/1.1\r\nHost: c1\r\nAuthorization: Bearer read\r\n\r\n"
                  .getBytes(US_ASCII));
      await().until(() -> node.held.get() == 1);
    }
    CompletableFuture<HttpResponse<String>> other = send(get(""));
    await().until(() -> node.held.get() == 2);
    flip();
    has(2, other);
  }

  @Test
  void aMemberThatShutsDownAnswersFirst() throws Exception {
    CompletableFuture<HttpResponse<String>> poll = heldPoll("");
    CompletableFuture<HttpResponse<String>> other = heldPoll("?x=1");
    assertFalse(poll.isDone());
    node.close();
    has(1, poll);
    has(1, other);
  }
}
