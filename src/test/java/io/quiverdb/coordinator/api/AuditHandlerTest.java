// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.quiverdb.coordinator.api.request.MemberProof;
import io.quiverdb.coordinator.api.request.Safeguards;
import io.quiverdb.coordinator.audit.AuditRecord;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which requests are recorded, and with which names. */
class AuditHandlerTest {
  private static final String SHARD = "{\"primary_url\":\"http://127.0.0.1:9\"}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<AuditRecord> records = new CopyOnWriteArrayList<>();
  private final Safeguards safeguards =
      new Safeguards(List::of, Optional.of(records::add), Optional.empty(), MemberProof.NONE);
  private final FakeLeader node =
      new FakeLeader(
          Keys.of(
              List.of(
                  new Keys.Configured("ops", "secret", Role.ADMIN),
                  new Keys.Configured("eyes", "glass", Role.READ))),
          safeguards);

  @AfterEach
  void close() {
    node.close();
  }

  private int send(FakeLeader to, String key, String method, String path, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to.at(path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  private static String shown(AuditRecord entry) {
    return entry.actor() + " " + entry.action() + " " + entry.resource() + " " + entry.outcome();
  }

  private void assertNext(String wanted) {
    await().until(() -> !records.isEmpty());
    assertEquals(List.of(wanted), records.stream().map(AuditHandlerTest::shown).toList());
    records.clear();
  }

  @Test
  void aChangeIsRecordedWithItsOutcome() throws Exception {
    assertEquals(200, send(node, "secret", "POST", "/cluster/shards", SHARD));
    assertNext("ops add_shard /cluster/shards OK");
    assertEquals(409, send(node, "secret", "POST", "/cluster/shards", SHARD));
    assertNext("ops add_shard /cluster/shards ERROR");
    assertEquals(400, send(node, "secret", "DELETE", "/cluster/shards/77", ""));
    assertNext("ops remove_shard /cluster/shards/77 ERROR");
  }

  @Test
  void changesOfPlansAndPolicyHaveTheNamesOfTheHistory() throws Exception {
    send(node, "secret", "POST", "/cluster/plans/1/pause", "");
    assertNext("ops pause_plan /cluster/plans/1/pause ERROR");
    send(node, "secret", "PUT", "/cluster/autoscale", "{}");
    assertNext("ops put_growth_policy /cluster/autoscale ERROR");
  }

  @Test
  void whatIsForcedHasThatInItsName() throws Exception {
    String url = "{\"primary_url\":\"http://127.0.0.1:9\"}";
    send(node, "secret", "PUT", "/cluster/shards/0/url?force=true", url);
    assertNext("ops set_shard_url_forced /cluster/shards/0/url ERROR");
    send(node, "secret", "PUT", "/cluster/shards/0/url?force=false", url);
    assertNext("ops set_shard_url /cluster/shards/0/url ERROR");
    send(node, "secret", "DELETE", "/cluster/members?id=c9&force", "");
    assertNext("ops remove_member_forced /cluster/members ERROR");
  }

  @Test
  void anEscapedFlagCountsAsRoutesReadIt() throws Exception {
    for (String query : List.of("%66orce=true", "force=%74rue", "force=", "x=%ff&force=true")) {
      send(node, "secret", "DELETE", "/cluster/routers?url=http://r:1&" + query, "");
      assertNext("ops remove_router_forced /cluster/routers ERROR");
    }
    for (String query : List.of("force=%66alse", "force=1", "x=%ff")) {
      send(node, "secret", "DELETE", "/cluster/routers?url=http://r:1&" + query, "");
      assertNext("ops remove_router /cluster/routers ERROR");
    }
    send(node, "secret", "POST", "/cluster/shards/grow?dry%5Frun=tru%65", SHARD);
    assertEquals(200, send(node, "secret", "POST", "/cluster/ids", ""));
    assertNext("ops allocate_id /cluster/ids OK");
  }

  @Test
  void whoeverIsTurnedAwayIsRecordedReadOrChange() throws Exception {
    assertEquals(403, send(node, "glass", "POST", "/cluster/ids", ""));
    assertNext("eyes allocate_id /cluster/ids DENIED");
    assertEquals(401, send(node, "", "GET", "/cluster/map", ""));
    assertNext("anonymous get_map /cluster/map DENIED");
    assertEquals(401, send(node, "test", "GET", "/cluster/status", ""));
    assertNext("key:9f86d081884c7d65 read /cluster/status DENIED");
    assertEquals(401, send(node, "test", "POST", "/cluster/shards", SHARD));
    assertNext("key:9f86d081884c7d65 add_shard /cluster/shards DENIED");
  }

  /**
   * Records come in the order of the answers, so that the change comes first if reads have none.
   */
  @Test
  void readsThatAreAnsweredAndDryRunsAreNotRecorded() throws Exception {
    assertEquals(200, send(node, "glass", "GET", "/cluster/map", ""));
    assertEquals(200, send(node, "glass", "GET", "/cluster/status", ""));
    send(node, "secret", "POST", "/cluster/shards/grow?dry_run=true", SHARD);
    assertEquals(200, send(node, "secret", "POST", "/cluster/ids", ""));
    assertNext("ops allocate_id /cluster/ids OK");
  }

  @Test
  void strangersCannotFillTheDisk() throws Exception {
    for (int i = 0; i < 400; i++) {
      assertEquals(401, send(node, "", "GET", "/cluster/map", ""));
    }
    long second = records.get(0).millis() / 1_000;
    long most =
        records.stream()
            .collect(
                java.util.stream.Collectors.groupingBy(
                    r -> r.millis() / 1_000, java.util.stream.Collectors.counting()))
            .values()
            .stream()
            .mapToLong(Long::longValue)
            .max()
            .orElseThrow();
    assertFalse(most > 100, most + " in one second from " + second);
  }

  @Test
  void whereThereAreNoKeysEverybodyIsInsecure() throws Exception {
    try (FakeLeader open = new FakeLeader(Keys.of(List.of()), safeguards)) {
      assertEquals(200, send(open, "", "POST", "/cluster/ids", ""));
      assertNext("insecure allocate_id /cluster/ids OK");
    }
  }
}
