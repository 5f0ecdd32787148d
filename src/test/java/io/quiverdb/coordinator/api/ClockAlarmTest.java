// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quiverdb.coordinator.auth.Keys;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The alarm about members whose wall clocks differ. */
class ClockAlarmTest {
  private final FakeLeader node = new FakeLeader(Keys.of(List.of()));

  @AfterEach
  void close() {
    node.close();
  }

  private List<String> alarms(Duration ahead) throws Exception {
    node.aheadMillis = ahead.toMillis();
    List<String> details = new ArrayList<>();
    new ObjectMapper()
        .readTree(
            HttpClient.newHttpClient()
                .send(
                    HttpRequest.newBuilder(node.at("/cluster/status")).build(),
                    HttpResponse.BodyHandlers.ofByteArray())
                .body())
        .path("alarms")
        .forEach(
            alarm -> {
              if (alarm.path("code").asText().equals("clock_differs")) {
                details.add(alarm.path("detail").asText().split(":", 2)[0]);
              }
            });
    return details;
  }

  @Test
  void byHowMuchAClockDiffersIsSaid() throws Exception {
    assertEquals(List.of(), alarms(Duration.ofSeconds(10)));
    assertEquals(
        List.of("the clock of member c1 is more than 30 seconds ahead of that of c1"),
        alarms(Duration.ofSeconds(45)));
    assertEquals(
        List.of("the clock of member c1 is more than an hour behind that of c1"),
        alarms(Duration.ofHours(-3)));
    assertEquals(
        List.of("the clock of member c1 is more than a day ahead of that of c1"),
        alarms(Duration.ofDays(4_000)));
  }
}
