// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.quiverdb.coordinator.api.http.Access;
import io.quiverdb.coordinator.api.http.RouteTable;
import io.quiverdb.coordinator.auth.Keys;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The OpenAPI document names every route, with its parameters, and no other. {@link FakeMembers}
 * compares the answers with it, for each request of each test.
 */
class OpenApiRoutesTest extends OnFakeMembers {
  private static final Set<String> BODY = Set.of("408", "413", "415", "422");
  private static final Set<String> CHANGE = Set.of("409", "412", "422", "503", "504");

  /** Routes for the members alone may change in any release. */
  private static Map<String, RouteTable.Route> routes() {
    try (FakeLeader node = new FakeLeader(Keys.of(List.of()))) {
      return node.routes().stream()
          .filter(route -> !route.path().startsWith("/internal/"))
          .collect(
              Collectors.toMap(
                  route -> route.method().name() + " " + route.path(),
                  route -> route,
                  (one, other) -> one,
                  TreeMap::new));
    }
  }

  @Test
  void everyRouteIsDescribedAndNoOther() {
    assertEquals(routes().keySet(), OpenApi.operations().keySet());
  }

  @Test
  void everyParameterIsDescribedAndNoOther() {
    Map<String, Set<String>> queries = new TreeMap<>();
    Map<String, Set<String>> paths = new TreeMap<>();
    Map<String, Set<String>> describedQueries = new TreeMap<>();
    Map<String, Set<String>> describedPaths = new TreeMap<>();
    routes()
        .forEach(
            (name, route) -> {
              queries.put(name, new TreeSet<>(route.parameters()));
              describedQueries.put(name, OpenApi.parameters(name, "query"));
              paths.put(
                  name,
                  Pattern.compile("\\{([a-z]+)}")
                      .matcher(route.path())
                      .results()
                      .map(found -> found.group(1))
                      .collect(Collectors.toCollection(TreeSet::new)));
              describedPaths.put(name, OpenApi.parameters(name, "path"));
            });
    assertEquals(queries, describedQueries);
    assertEquals(paths, describedPaths);
  }

  @Test
  void everyStatusThatFollowsFromTheKindOfARouteIsDescribed() {
    Map<String, Set<String>> missing = new TreeMap<>();
    OpenApi.operations()
        .forEach(
            (name, operation) -> {
              Set<String> wanted = new HashSet<>(Set.of("500"));
              if (!Access.OPEN.contains(name.split(" ")[1])) {
                wanted.addAll(Set.of("400", "401", "403"));
              }
              if (operation.has("requestBody")) {
                wanted.addAll(BODY);
              }
              if (OpenApi.parameters(name, "header").contains("Idempotency-Key")) {
                wanted.addAll(CHANGE);
                assertTrue(OpenApi.parameters(name, "header").contains("If-Match"), name);
              }
              operation.path("responses").fieldNames().forEachRemaining(wanted::remove);
              if (!wanted.isEmpty()) {
                missing.put(name, wanted);
              }
            });
    assertEquals(Map.of(), missing);
  }

  @Test
  void operationsHaveNamesOfTheirOwn() {
    Set<String> ids = new TreeSet<>();
    OpenApi.operations()
        .forEach((name, operation) -> assertTrue(ids.add(operation.path("operationId").asText())));
    assertEquals(OpenApi.operations().size(), ids.size());
  }

  @Test
  void bothFormsAreServedAndSayTheSame() throws Exception {
    JsonNode json = members.leader("GET /openapi.json").key("read").wants(200).json();
    FakeMembers.Answer yaml = members.follower("GET /openapi.yaml").key("read").wants(200);
    assertEquals(new ObjectMapper(new YAMLFactory()).readTree(yaml.text()), json);
    assertEquals("0.0.0", json.path("info").path("version").asText());
    assertEquals("3.1.0", json.path("openapi").asText());
  }

  @Test
  void aClientThatTakesPackedAnswersGetsAPlainOne() {
    FakeMembers.Answer answer =
        members.leader("GET /openapi.json").header("Accept-Encoding", "gzip, br").wants(200);
    assertEquals("", answer.header("Content-Encoding"));
  }

  @Test
  void anAnswerThatIsNotAsDescribedIsFound() {
    String good = "{\"id\":1}";
    OpenApi.check("POST", "/cluster/ids", "", 200, "application/json", good);
    for (String bad : List.of("{\"id\":-1}", "{\"id\":\"1\"}", "{}", "{\"id\":1,\"more\":2}")) {
      assertThrows(
          AssertionError.class,
          () -> OpenApi.check("POST", "/cluster/ids", "", 200, "application/json", bad),
          bad);
    }
    assertThrows(
        AssertionError.class,
        () -> OpenApi.check("POST", "/cluster/ids", "", 200, "text/plain", good));
    assertThrows(
        AssertionError.class,
        () -> OpenApi.check("POST", "/cluster/ids", "", 418, "application/json", good));
    assertThrows(
        AssertionError.class,
        () ->
            OpenApi.check(
                "POST",
                "/cluster/routers",
                "{\"uri\":\"http://r:1\"}",
                200,
                "application/json",
                "{\"routers\":[]}"));
  }
}
