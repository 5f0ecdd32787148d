// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpHeaders;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which members are asked, and where. */
class EveryMemberTest {
  private final List<String> asked = new ArrayList<>();

  /** Only the first host answers; it lists c2 with plain http, and c3 with https. */
  private Fetched answer(Endpoint member, String path) throws RestException {
    asked.add(member.base());
    if (!member.base().contains("h1")) {
      throw new RestException("no answer", List.of());
    }
    String list =
        "{\"members\":[{\"id\":\"c1\",\"http\":\"http://h1:1\"},"
            + "{\"id\":\"c2\",\"http\":\"http://h2:1\"},{\"id\":\"c3\",\"http\":\"https://h3:1\"}]}";
    HttpHeaders headers = HttpHeaders.of(Map.of("X-Quiver-Node", List.of("c1")), (n, v) -> true);
    return new Fetched(200, headers, list, "");
  }

  private List<MemberFound> from(String... named) throws InterruptedException {
    return new EveryMember(this::answer, Clock.systemUTC())
        .from(Stream.of(named).map(url -> Endpoint.parse(url).orElseThrow()).toList());
  }

  @Test
  void keysThatWereToTravelOverTlsAreNotSentInTheClear() throws Exception {
    List<MemberFound> found = from("https://h1:2");
    assertEquals(List.of("https://h1:2", "https://h3:1"), asked);
    MemberFound second = found.get(1);
    assertEquals("c2", second.id());
    assertEquals("http://h2:1", second.at().base());
    assertEquals(
        "its address in the list is plain http: name its https address with --endpoint",
        second.failure());
    assertTrue(second.status().isMissingNode());
    assertEquals("no answer", found.get(2).failure());
  }

  @Test
  void anOperatorWhoNamedPlainHttpHasThemAllAsked() throws Exception {
    from("https://h1:2", "http://h4:1");
    assertEquals(List.of("https://h1:2", "http://h4:1", "http://h2:1", "https://h3:1"), asked);
  }
}
