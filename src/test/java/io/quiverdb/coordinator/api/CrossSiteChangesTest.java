// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.auth.Keys;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes that a browser sends: every page can make it send a POST without a body. */
class CrossSiteChangesTest extends OnFakeMembers {
  @ParameterizedTest
  @CsvSource({
    "POST /cluster/ids, Sec-Fetch-Site, cross-site",
    "POST /cluster/shards/1/drain, Origin, http://evil.example",
    "POST /cluster/leader/transfer, Origin, null",
    "DELETE /cluster/shards/1, Sec-Fetch-Site, same-site",
    "PUT /cluster/shards/1/url, Origin, http://127.0.0.1",
  })
  void aPageOfAnotherOriginMayChangeNothing(String line, String header, String value) {
    for (FakeMembers.Call call :
        new FakeMembers.Call[] {members.leader(line), members.follower(line)}) {
      FakeMembers.Answer refused = call.header(header, value).json("{}").wants(403);
      String detail = refused.json().path("detail").asText();
      assertTrue(detail.contains("use this member's own /console"), detail);
    }
  }

  @Test
  void theOwnPageMayAndSoMayPrograms() {
    members.leader("POST /cluster/ids").wants(200);
    members.leader("POST /cluster/ids").header("Sec-Fetch-Site", "same-origin").wants(200);
    String own = members.http(1).toString();
    members.follower("POST /cluster/ids").header("Origin", own).wants(200);
    members.leader("GET /cluster/status").header("Sec-Fetch-Site", "cross-site").wants(200);
  }

  @Test
  void withoutKeysItIsTheSame() throws Exception {
    try (FakeLeader open = new FakeLeader(Keys.of(List.of()))) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + open.port() + "/cluster/ids"))
              .header("Origin", "http://evil.example")
              .POST(BodyPublishers.noBody())
              .build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertEquals(403, answer.statusCode(), answer.body());
    }
  }
}
