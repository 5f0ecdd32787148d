// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.config;

import io.quiverdb.coordinator.config.ConfigNode.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads a member's configuration from its file and its environment. */
public final class ConfigLoader {
  private static final int MAX_BYTES = 1 << 20;
  private static final String TLS = "QUIVER_TLS_";
  private static final String AUTOSCALE = "QUIVER_AUTOSCALE_";

  private ConfigLoader() {}

  /**
   * Reads and checks everything but the state file to import, which {@link BootstrapSource} reads.
   *
   * @param file the YAML file; without one it is a one-member ensemble, as Quiver's single-node
   *     coordinator with the same environment would be
   * @param environment the process's variables
   * @throws ConfigException on the first mistake, with its place; the process should exit with 2
   */
  public static LoadedConfig load(Optional<Path> file, Map<String, String> environment)
      throws ConfigException {
    List<String> warnings = new ArrayList<>();
    Mapping written =
        file.isPresent()
            ? YamlTree.parse(file.get().toString(), read(file.get()))
            : new Mapping(new Origin("no configuration file, environment"), Map.of());
    warnOfAutoscale(environment, warnings);
    warnOfTls(environment, warnings);
    warnings.addAll(StrayVariables.warnings(environment));
    Section root = new Section("", Overlay.apply(written, environment));
    Path folder =
        file.map(Path::toAbsolutePath).map(Path::getParent).orElse(Path.of("").toAbsolutePath());
    CoordinatorConfig config = new ConfigReader(root, folder, file.isEmpty(), warnings).read();
    file.ifPresent(f -> KeyFiles.warnOfInlineSecrets(f, written, warnings));
    return new LoadedConfig(config, warnings);
  }

  private static byte[] read(Path file) throws ConfigException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigException(
            new Origin(file.toString()), "", "is larger than 1 MiB; is it the right file?");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException(new Origin(file.toString()), "", "there is no such file");
    } catch (IOException e) {
      throw new ConfigException(new Origin(file.toString()), "", "cannot be read: " + e);
    }
  }

  /** Quiver's own coordinator ignores them: with them the routers' port would be cut off. */
  private static void warnOfTls(Map<String, String> environment, List<String> warnings) {
    Set<String> set = beginningWith(TLS, environment);
    if (!set.isEmpty()) {
      warnings.add(
          String.join(", ", set)
              + ": of no effect, because routers speak plain HTTP only; for TLS between members and"
              + " with operators set the section tls, http.tls_listen and raft.tls");
    }
  }

  private static Set<String> beginningWith(String prefix, Map<String, String> environment) {
    TreeSet<String> set = new TreeSet<>();
    for (Map.Entry<String, String> variable : environment.entrySet()) {
      if (variable.getKey().startsWith(prefix) && !variable.getValue().isEmpty()) {
        set.add(variable.getKey());
      }
    }
    return set;
  }

  private static void warnOfAutoscale(Map<String, String> environment, List<String> warnings) {
    Set<String> set = beginningWith(AUTOSCALE, environment);
    if (!set.isEmpty()) {
      warnings.add(
          String.join(", ", set)
              + ": of no effect, as in Quiver 0.28 to 1.1.0, whose coordinator never read them;"
              + " to have shards added by itself, put a growth policy (autoscale set) and set"
              + " autoscale.mode: automatic");
    }
  }
}
