// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.javalin.http.Context;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.auth.Keys;
import io.quiverdb.coordinator.auth.Role;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The allowed parameters of a query, on every route. */
class QueryParametersTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeLeader node =
      new FakeLeader(Keys.of(List.of(new Keys.Configured("ops", "secret", Role.ADMIN))));

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void everyRouteNamesAParameterThatItDoesNotKnow() throws Exception {
    List<String> passedOver = new ArrayList<>();
    assertTrue(node.routes().size() > 30, node.routes().toString());
    for (RouteTable.Route route : node.routes()) {
      String path = route.path().replaceAll("\\{[a-z]+}", "1");
      HttpResponse<String> answer = send(route.method().name(), path + "?dry-run=true");
      if (route.ignoresUnknown()) {
        passedOver.add(route.method() + " " + route.path());
        assertEquals(200, answer.statusCode(), route + answer.body());
      } else {
        assertEquals(400, answer.statusCode(), route + answer.body());
        assertTrue(answer.body().contains("dry-run: is no parameter"), answer.body());
      }
    }
    assertEquals(
        List.of("GET /healthz", "GET /cluster/map", "GET /cluster/health"),
        passedOver,
        "reads of the single-node coordinator, and nothing else");
  }

  @Test
  void noRouteReadsTheQueryInAnotherWay() {
    noClasses()
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "the framework's own reading of queries",
                call ->
                    call.getTargetOwner().isAssignableTo(Context.class)
                        && call.getName().startsWith("query")))
        .check(
            new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackagesOf(RouteTable.class));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /cluster/locate?point=50%            | point: % is no escape",
        "GET /cluster/locate?point=50%2           | point: %2 is no escape",
        "GET /cluster/locate?point=50%zz          | point: %zz is no escape",
        "GET /cluster/locate?point=%FF            | point: %FF is no UTF-8",
        "GET /cluster/locate?point=%ED%A0%80      | point: %ED%A0%80 is no UTF-8",
        "GET /cluster/locate?point=a&point=b      | point: is given twice",
        "GET /cluster/locate?point=a&p%6Fint=b    | point: is given twice",
        "GET /cluster/locate?point=a&Point=b      | Point: is no parameter of this route; it takes point",
        "GET /cluster/locate?%FF=a                | %FF: %FF is no UTF-8",
        "GET /cluster/history?since=1&since=1     | since: is given twice",
        "GET /cluster/history?since=%2            | since: %2 is no escape",
        "GET /cluster/map?wait=1s&wait=2s         | wait: is given twice",
        "GET /cluster/map?min_version=%           | min_version: % is no escape",
        "POST /cluster/ids?=                      | : is no parameter of this route; it takes none",
      })
  void aParameterThatCannotBeReadIsNamed(String line, String wanted) throws Exception {
    String[] words = line.split(" ");
    String answer = raw(words[0], words[1]);
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
    assertTrue(answer.contains("\"detail\":\"" + wanted), answer);
  }

  @Test
  void bytesThatAreNoUtf8AreNamed() throws Exception {
    String answer = raw("GET", "/cluster/locate?point=\u00ff");
    assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
  }

  @Test
  void emptyPlacesAreNoParameters() throws Exception {
    assertEquals(200, send("GET", "/cluster/locate?&&point=a&").statusCode());
  }

  @Test
  void whatTheSingleNodeCoordinatorIgnoresIsIgnored() throws Exception {
    assertEquals(200, send("GET", "/cluster/map?verbose=1&verbose=%FF").statusCode());
  }

  @Test
  void nobodyLearnsARoutesParametersWithoutAKey() throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(node.at("/cluster/history?from=1")).build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(401, answer.statusCode(), answer.body());
  }

  private String raw(String method, String target) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      socket
          .getOutputStream()
          .write(
              (method
                      + " "
                      + target
                      + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\n"
                      + "Content-Length: 0\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(node.at(path))
            .header("Authorization", "Bearer secret")
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
