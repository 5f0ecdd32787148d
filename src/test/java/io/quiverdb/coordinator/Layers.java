// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Which package may use which. A package that is not in the table is forbidden. */
final class Layers {
  private static final String JACKSON = "com.fasterxml.jackson.";
  private static final String SLF4J = "org.slf4j.";
  private static final String LOGBACK = "ch.qos.logback.";
  private static final String[] WEB = {
    "io.javalin.", "org.eclipse.jetty.", "jakarta.servlet.", "kotlin."
  };

  record Layer(Set<String> layers, Set<String> libraries) {}

  static final Map<String, Layer> TABLE = new LinkedHashMap<>();

  static {
    layer("model", "");
    layer("command", "model");
    layer("state", "model command");
    layer("digest", "");
    layer("codec", "model command digest", JACKSON);
    layer("consensus", "model command state codec", SLF4J);
    layer(
        "consensus.ratis",
        "model command state codec consensus disk thread tls",
        "org.apache.ratis.",
        JACKSON,
        SLF4J);
    layer("thread", "", SLF4J);
    layer("http", "thread");
    layer("disk", "");
    layer("tls", "");
    layer("shard", "model http", JACKSON, SLF4J);
    layer("shard.warmup", "http shard thread", SLF4J);
    layer("router", "model codec http", JACKSON, SLF4J);
    layer("member", "model codec consensus http", JACKSON, SLF4J);
    layer("migration.port", "model command shard router");
    layer("migration.step", "model command shard router migration.port", SLF4J);
    layer("migration.wait", "model shard router migration.port migration.step", SLF4J);
    layer("migration.schema", "model shard migration.port migration.step", SLF4J);
    layer("migration.index", "model shard migration.port migration.step", SLF4J);
    layer(
        "migration.preflight",
        "model command shard router migration.port migration.step migration.wait migration.schema");
    layer(
        "migration.points",
        "model shard migration.port migration.step migration.wait migration.schema",
        SLF4J);
    layer(
        "migration.phase",
        "model shard migration.port migration.step migration.wait migration.schema"
            + " migration.index migration.points migration.preflight");
    layer(
        "migration.check",
        "model command shard router migration.port migration.step migration.wait migration.schema"
            + " migration.points",
        SLF4J);
    layer("migration.backup", "model command shard router migration.port migration.step", SLF4J);
    layer(
        "migration.plan",
        "model command shard router migration.port migration.step migration.preflight",
        SLF4J);
    layer(
        "migration",
        "model command shard router migration.port migration.step migration.wait migration.schema"
            + " migration.index migration.points migration.phase migration.check"
            + " migration.plan migration.backup",
        SLF4J);
    layer("relay", "http thread", "com.sun.net.httpserver.", SLF4J);
    layer("auth", "digest");
    layer("audit", "disk thread", JACKSON, SLF4J);
    layer("api.http", "model command codec auth digest tls", and(WEB, JACKSON, SLF4J));
    layer(
        "api.request",
        "model command codec consensus auth audit tls shard router member migration.preflight"
            + " api.http",
        and(WEB, JACKSON, SLF4J));
    // Routes apply the rules for the start of a migration without logging.
    layer(
        "api.migration",
        "model command state codec consensus member disk migration.preflight api.http api.request",
        and(WEB, JACKSON, SLF4J));
    layer(
        "api.growth",
        "model command codec consensus member migration.preflight api.http api.request",
        and(WEB, JACKSON, SLF4J));
    layer("api.health", "model consensus api.request", JACKSON);
    layer("api.stream", "model codec consensus thread api.http api.request", JACKSON, SLF4J);
    layer("api.console", "auth digest api.http", and(WEB, JACKSON, SLF4J));
    layer(
        "api",
        "model command codec consensus auth audit shard router member api.http api.request"
            + " api.migration api.growth api.health api.stream api.console",
        and(WEB, JACKSON, SLF4J));
    layer("config", "model command codec digest", JACKSON, SLF4J);
    layer(
        "metrics",
        "model command consensus migration.port api.request",
        "io.micrometer.",
        "io.prometheus.",
        SLF4J);
    layer("dev.quiver", "model codec thread", and(WEB, JACKSON, SLF4J));
    layer("dev.cluster", "http dev.quiver");
    layer("dev.demo", "model codec http dev.quiver dev.cluster", JACKSON);
    layer(
        "cli",
        "http thread disk tls relay config server dev.cluster dev.demo",
        "picocli.",
        JACKSON,
        SLF4J,
        LOGBACK);
    layer(
        "server",
        "model command state codec consensus consensus.ratis http shard shard.warmup router member"
            + " migration migration.port migration.preflight auth audit tls api api.http api.request"
            + " config metrics disk digest thread",
        JACKSON,
        SLF4J,
        LOGBACK);
  }

  private Layers() {}

  private static void layer(String name, String layers, String... libraries) {
    TABLE.put(name, new Layer(Set.of(layers.split(" ")), Set.of(libraries)));
  }

  private static String[] and(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }
}
