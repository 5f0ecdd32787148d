// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.Headings;
import io.quiverdb.coordinator.cli.doctor.Finding.Level;
import io.quiverdb.coordinator.cli.rest.Endpoint;
import io.quiverdb.coordinator.cli.rest.Fetched;
import java.net.http.HttpHeaders;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The findings of the doctor. */
class ExaminationTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final String GREEN =
      "{\"indicators\":[{\"name\":\"quorum\",\"status\":\"green\",\"diagnosis\":[]}]}";

  /** By path, for every member; by {@code HOST PATH}, for one. */
  private final Map<String, String> bodies = new HashMap<>();

  private final Map<String, Long> ahead = new HashMap<>();
  private final Map<String, List<String>> names = new TreeMap<>();
  private final Map<String, String> refusals = new HashMap<>();
  private List<String> named = List.of("http://h1:1", "http://h2:1", "http://h3:1");
  private String routers = "{\"url\":\"http://r:1\",\"map_version\":5,\"confirmed\":true}";
  private String third = row("c3", "0.2.0", 2);

  @BeforeEach
  void allIsWell() {
    for (int i = 1; i <= 3; i++) {
      names.put("h" + i, List.of("10.0.0." + i));
    }
    bodies.put("/cluster/health/report", GREEN);
    bodies.put("/metrics", "a_total 1\n");
    bodies.put("/cluster/spills", "{\"spills\":[],\"unreachable\":[]}");
  }

  private static String row(String id, String version, int format) {
    String number = id.substring(1);
    return """
        {"id":"%s","raft":"h%s:2","http":"http://h%s:1","healthy":true,"version":"%s","format":%d}"""
        .formatted(id, number, number, version, format);
  }

  private Fetched answer(Endpoint member, String path) {
    String host = member.base().replaceAll("http://(h[0-9]).*", "$1");
    String own = bodies.get(host + " " + path);
    String status =
        "{\"members\":[%s,%s,%s],\"routers\":[%s]}"
            .formatted(row("c1", "0.2.0", 2), row("c2", "0.2.0", 2), third, routers);
    String body =
        own != null ? own : bodies.getOrDefault(path, path.equals("/cluster/status") ? status : "");
    ZonedDateTime date = NOW.plusSeconds(ahead.getOrDefault(host, 0L)).atZone(ZoneOffset.UTC);
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of(
                "X-Quiver-Node",
                List.of(host.replace('h', 'c')),
                "Date",
                List.of(DateTimeFormatter.RFC_1123_DATE_TIME.format(date))),
            (name, value) -> true);
    return new Fetched(200, headers, body, body.startsWith("!") ? body.substring(1) : "");
  }

  private List<Finding> findings() {
    Network network =
        new Network() {
          @Override
          public String refusal(String host, int port) {
            return refusals.getOrDefault(host + ":" + port, "");
          }

          @Override
          public List<String> addresses(String host) {
            return names.getOrDefault(host, List.of());
          }
        };
    try {
      List<Finding> found =
          new Examination(this::answer, Clock.fixed(NOW, ZoneOffset.UTC), network)
              .of(named.stream().map(url -> Endpoint.parse(url).orElseThrow()).toList());
      for (Finding finding : found) {
        assertEquals(finding.level() == Level.OK, finding.action().isEmpty(), finding.toString());
      }
      return found;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The findings that are not OK, one line each. */
  private String troubles() {
    return findings().stream()
        .filter(finding -> finding.level() != Level.OK)
        .map(f -> f.level() + " " + f.check() + " " + f.about() + ": " + f.detail())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void allIsWellOnAWellCluster() {
    assertEquals("", troubles());
    List<String> looked = findings().stream().map(Finding::check).distinct().toList();
    assertEquals(
        List.of(
            "reachable",
            "raft",
            "dns",
            "versions",
            "clocks",
            "fsync",
            "routers",
            "spill files",
            "health"),
        looked);
  }

  @Test
  void aMemberThatRefusesOrIsAnotherOneIsNotReachable() {
    bodies.put("h2 /cluster/status", "!Unauthorized: this key is not known here");
    assertEquals(
        "FAIL reachable c2: http://h2:1: Unauthorized: this key is not known here", troubles());
  }

  @Test
  void membersThatWereNotNamedAreLookedAtAndMissed() {
    named = List.of("http://h1:1");
    assertEquals("WARN dns endpoints: what was named does not lead to c2, c3", troubles());
    assertEquals(3, findings().stream().filter(f -> f.check().equals("reachable")).count());
  }

  @Test
  void aNameForAllMembersLeadsToThem() {
    named = List.of("http://h1:1");
    names.put("h1", List.of("10.0.0.1", "10.0.0.2", "10.0.0.3"));
    assertEquals("", troubles());
  }

  @Test
  void aNameThatIsNotKnownIsFound() {
    names.remove("h3");
    assertEquals(
        "WARN raft c3: h3:2 takes no connection from here: its host is not known here\n"
            + "FAIL dns h3: the name is not known here",
        troubles());
  }

  @Test
  void aRaftPortThatIsClosedFromHereIsAWarning() {
    refusals.put("h2:2", "Connection refused");
    assertEquals(
        "WARN raft c2: h2:2 takes no connection from here: Connection refused", troubles());
  }

  @Test
  void mixedReleasesAreFound() {
    third = row("c3", "0.1.0", 1);
    assertEquals("WARN versions members: release 0.1.0, 0.2.0, format 1, 2", troubles());
  }

  @Test
  void clocksThatDifferAreFound() {
    ahead.put("h2", 1L);
    assertEquals("", troubles(), "HTTP tells whole seconds");
    ahead.put("h2", 40L);
    assertTrue(troubles().startsWith("WARN clocks members: "), troubles());
    assertTrue(troubles().contains("c2 41 s") || troubles().contains("c2 40 s"), troubles());
  }

  @Test
  void aSlowDiskIsFound() {
    String name = "quiver_coordinator_raft_log_worker_syncTime_p99_seconds ";
    bodies.put("h1 /metrics", name + "0.0031\n");
    assertEquals("", troubles());
    bodies.put("h1 /metrics", name + "0.025\n");
    assertEquals("WARN fsync c1: the log is on disk after 25.0 ms (p99)", troubles());
    bodies.put("h1 /metrics", name + "0.25\n");
    assertEquals("FAIL fsync c1: the log is on disk after 250.0 ms (p99)", troubles());
  }

  @Test
  void certificatesAreFound() {
    String name = "quiver_coordinator_certificate_expiry_seconds ";
    bodies.put("h1 /metrics", name + "8.64E6\n");
    bodies.put("h2 /metrics", name + "86500.0\n");
    bodies.put("h3 /metrics", name + "-5.0\n");
    assertEquals(
        "WARN certificate c2: it expires in 1 days\nFAIL certificate c3: it has expired",
        troubles());
  }

  @Test
  void routersThatDoNotFollowAreFound() {
    routers =
        """
        {"url":"http://r1:1","map_version":4,"confirmed":false,"last_error":null},
        {"url":"http://r2:1","map_version":null,"confirmed":false,"last_error":"refused"}""";
    assertEquals(
        "WARN routers http://r1:1: does not follow the newest map yet; it has version 4\n"
            + "WARN routers http://r2:1: cannot be asked: refused",
        troubles());
    routers = "";
    assertEquals("WARN routers registry: no router is registered", troubles());
  }

  @Test
  void whatWasLeftBehindIsFound() {
    bodies.put(
        "/cluster/spills",
        """
        {"spills":[{"node":"c1","name":"migration-3-c1.jsonl","bytes":12}],"unreachable":["c2"]}""");
    assertEquals(
        "WARN spill files c1: migration-3-c1.jsonl, 12 bytes\n"
            + "WARN spill files c2: no answer: there may be more",
        troubles());
    bodies.put("/cluster/spills", "!Forbidden");
    assertEquals("WARN spill files members: no member lists them", troubles());
  }

  @Test
  void whatSeveralMembersReportIsOneLine() {
    String red =
        """
        {"indicators":[{"name":"shards","status":"red","diagnosis":[
          {"cause":"shard 0 is not healthy","action":"See to it.","help":"docs/operating.md#alarms"}]}]}""";
    bodies.put("h1 /cluster/health/report", red);
    bodies.put("h2 /cluster/health/report", red);
    assertEquals("FAIL health: shards c1, c2: shard 0 is not healthy", troubles());
  }

  @Test
  void whereNobodyAnswersOnlyThatIsSaid() {
    bodies.put("/cluster/status", "!nobody");
    assertEquals(3, findings().size());
    assertTrue(findings().stream().allMatch(f -> f.check().equals("reachable")));
  }

  @Test
  void whatIsSaidToDoLeadsToAHeading() throws Exception {
    third = row("c3", "0.1.0", 1);
    bodies.put("h1 /metrics", "quiver_coordinator_certificate_expiry_seconds 1.0\n");
    bodies.put(
        "/cluster/spills",
        "{\"spills\":[{\"node\":\"c1\",\"name\":\"a.jsonl\",\"bytes\":1}],\"unreachable\":[]}");
    List<String> pages =
        findings().stream()
            .flatMap(f -> Pattern.compile("docs/[^ ]+").matcher(f.action()).results())
            .map(found -> found.group())
            .toList();
    assertEquals(3, pages.size(), pages.toString());
    for (String page : pages) {
      assertTrue(Headings.has(page), page);
    }
  }
}
