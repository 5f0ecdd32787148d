// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every mistake is named with its line (or variable), its key and what is wanted. */
class WrongConfigurationTest {
  @TempDir Path folder;

  @TestFactory
  List<DynamicTest> inTheFile() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Mistake mistake : Mistake.IN_THE_FILE) {
      tests.add(
          dynamicTest(
              mistake.message(),
              () -> {
                String yaml = Written.with(mistake.old(), mistake.other());
                ConfigException e =
                    assertThrows(ConfigException.class, () -> Written.load(folder, yaml));
                assertEquals(
                    folder.resolve("c1.yaml") + ":" + mistake.line() + ": " + mistake.message(),
                    e.getMessage());
              }));
    }
    return tests;
  }

  @Test
  void brokenYamlIsNamedByItsLineAndWithoutTheSecretsAroundIt() {
    String yaml = Written.with("secret: \"battery-staple\" }", "secret: \"battery-staple\" ");
    ConfigException e = assertThrows(ConfigException.class, () -> Written.load(folder, yaml));
    assertEquals(
        folder.resolve("c1.yaml")
            + ":15: no valid YAML: while parsing a flow mapping, expected ',' or '}', but got"
            + " <scalar>",
        e.getMessage().replaceAll("got .*", "got <scalar>"));
    assertFalse(e.getMessage().contains("battery"), e.getMessage());
  }

  @Test
  void noMembersInTheFile() {
    String yaml = Written.GOOD.replaceAll("(?m)^  members:\\n(    - .*\\n)+", "");
    ConfigException e = assertThrows(ConfigException.class, () -> Written.load(folder, yaml));
    assertEquals(folder.resolve("c1.yaml") + ":2: ensemble.members: is missing", e.getMessage());
  }

  @Test
  void neitherKeyNorInsecure() {
    ConfigException e = assertThrows(ConfigException.class, () -> Written.load(Map.of()));
    assertEquals(
        "no configuration file, environment: auth.api_keys: no API key is given; give one here or"
            + " in QUIVER_API_KEYS, or say auth.insecure: true (QUIVER_INSECURE=true) to serve"
            + " everybody",
        e.getMessage());
  }

  @Test
  void noSuchFile() {
    Path file = folder.resolve("absent.yaml");
    ConfigException e =
        assertThrows(ConfigException.class, () -> ConfigLoader.load(Optional.of(file), Map.of()));
    assertEquals(file + ": there is no such file", e.getMessage());
  }

  @Test
  void aSecretFileThatIsEmpty() throws Exception {
    Path file = Files.writeString(folder.resolve("routers.key"), " \n");
    String yaml = Written.with("secret: \"battery-staple\"", "secret_file: routers.key");
    ConfigException e = assertThrows(ConfigException.class, () -> Written.load(folder, yaml));
    assertEquals(
        folder.resolve("c1.yaml") + ":15: auth.api_keys[1].secret_file: " + file + " is empty",
        e.getMessage());
  }

  @Test
  void aSecretFileThatIsMissing() {
    String yaml = Written.with("secret: \"battery-staple\"", "secret_file: keys/absent");
    ConfigException e = assertThrows(ConfigException.class, () -> Written.load(folder, yaml));
    assertEquals(
        folder.resolve("c1.yaml")
            + ":15: auth.api_keys[1].secret_file: there is no file "
            + folder.resolve("keys/absent"),
        e.getMessage());
  }

  @Test
  void anOverrideOfAnUnknownKey() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () ->
                Written.load(
                    folder, Written.GOOD, Map.of("QUIVER_COORDINATOR__LOG__LEVLE", "debug")));
    assertEquals(
        "QUIVER_COORDINATOR__LOG__LEVLE: log.levle: this key is not known; known here: format,"
            + " level",
        e.getMessage());
  }

  @Test
  void anOverrideOfTheWrongType() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () ->
                Written.load(
                    folder,
                    Written.GOOD,
                    Map.of("QUIVER_COORDINATOR__MIGRATION__ROUND_LIMIT", "many")));
    assertEquals(
        "QUIVER_COORDINATOR__MIGRATION__ROUND_LIMIT: migration.round_limit: wanted a whole number,"
            + " found \"many\"",
        e.getMessage());
  }

  @Test
  void anOverridePastTheEndOfAList() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () ->
                Written.load(
                    folder,
                    Written.GOOD,
                    Map.of("QUIVER_COORDINATOR__ENSEMBLE__MEMBERS__4__ID", "c5")));
    assertEquals(
        "QUIVER_COORDINATOR__ENSEMBLE__MEMBERS__4__ID: ensemble.members: has 3 entries, so that"
            + " the next index is 3",
        e.getMessage());
  }

  @Test
  void aQuiverVariableOfTheWrongShape() {
    ConfigException e =
        assertThrows(
            ConfigException.class,
            () -> Written.load(Map.of("QUIVER_INSECURE", "true", "QUIVER_REST_ADDR", ":6335")));
    assertEquals(
        "QUIVER_REST_ADDR: http.listen: \":6335\" is no address; wanted host:port with a port from"
            + " 1 to 65535, such as 127.0.0.1:6335",
        e.getMessage());
  }
}
