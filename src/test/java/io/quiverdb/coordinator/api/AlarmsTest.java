// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.consensus.Membership.Kind;
import io.quiverdb.coordinator.consensus.Membership.Trouble;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The start time of an alarm. */
class AlarmsTest {
  private final HttpClient client = HttpClient.newHttpClient();

  private JsonNode alarm(FakeLeader node, Trouble... troubles) throws Exception {
    node.membership.troubles = List.of(troubles);
    String body =
        client
            .send(
                HttpRequest.newBuilder(node.at("/cluster/status")).build(), BodyHandlers.ofString())
            .body();
    for (JsonNode alarm : new ObjectMapper().readTree(body).path("alarms")) {
      if (alarm.path("code").asText().equals("member_not_following")) {
        return alarm;
      }
    }
    return new ObjectMapper().nullNode();
  }

  @Test
  void goesOnWhileItIsAboutTheSameMemberThoughTheReasonChanges() throws Exception {
    try (FakeLeader node = new FakeLeader(Keys.of(List.of()))) {
      Trouble refused = new Trouble("c2", Kind.NOT_FOLLOWING, "refused");
      Trouble silent = new Trouble("c2", Kind.NOT_FOLLOWING, "no answer");
      Trouble other = new Trouble("c3", Kind.NOT_FOLLOWING, "no answer");
      String first = alarm(node, refused).path("since").asText();
      JsonNode later = alarm(node, silent);
      assertEquals("no answer", later.path("detail").asText());
      assertEquals(first, later.path("since").asText());
      assertNotEquals(first, alarm(node, other).path("since").asText(), "another member");
      assertNotEquals(first, alarm(node, refused).path("since").asText(), "it had ended");
    }
  }
}
