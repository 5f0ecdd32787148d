// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.quiverdb.coordinator.cli.Typed.Shell;
import io.quiverdb.coordinator.config.CoordinatorConfig;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The commands that start something, and what they log. */
class StartingTest {
  @TempDir Path folder;

  @Test
  void serveStartsAMemberAndEndsWithItsCode() {
    AtomicReference<CoordinatorConfig> started = new AtomicReference<>();
    Shell shell =
        shell(
            config -> {
              started.set(config);
              return 3;
            });
    Typed typed = shell.with("QUIVER_INSECURE", "true").type("serve");
    assertEquals(new Typed(3, "", ""), typed);
    assertEquals("c1", started.get().node().id());
  }

  @Test
  void aWrongConfigurationIsCodeTwo() throws Exception {
    Path file = Files.writeString(folder.resolve("c1.yaml"), "node: { id: c1 }\nnodes: 3\n");
    Typed typed = shell(config -> 0).type("serve", "--config", file.toString());
    assertEquals(2, typed.code());
    assertEquals("", typed.out());
    assertTrue(typed.err().startsWith("error: Configuration: " + file + ":1: http.listen"));
  }

  @Test
  void aFailureOfTheServerIsCodeOne() {
    Typed typed =
        shell(
                config -> {
                  throw new IllegalStateException("boom");
                })
            .with("QUIVER_INSECURE", "true")
            .type("serve");
    assertEquals(1, typed.code());
    assertTrue(typed.err().startsWith("error: Unexpected failure: "), typed.err());
  }

  @Test
  void devTakesItsOptions() {
    AtomicReference<DevOptions> started = new AtomicReference<>();
    Shell shell =
        new Shell()
            .starting(
                new ServeStarters(
                    config -> 0,
                    options -> {
                      started.set(options);
                      return 0;
                    },
                    () -> 5,
                    ServeRecovery::read));
    assertEquals(0, shell.type("dev").code());
    assertEquals(new DevOptions(3, 3, 1, 0, 6335, Optional.empty()), started.get());
    assertEquals(
        0,
        shell
            .type(
                "dev",
                "--nodes",
                "1",
                "--shards",
                "2",
                "--routers",
                "2",
                "--points",
                "9",
                "--base-port",
                "7000",
                "--dir",
                "d")
            .code());
    assertEquals(new DevOptions(1, 2, 2, 9, 7000, Optional.of(Path.of("d"))), started.get());
    assertEquals(5, shell.type("demo").code());
  }

  @Test
  void helpAndVersionAreResults() {
    for (String[] words :
        new String[][] {
          {"--help"}, {"shards", "--help"}, {"shards", "replica", "add", "-h"}, {"serve", "--help"}
        }) {
      Typed typed = new Shell().type(words);
      assertEquals(0, typed.code());
      assertEquals("", typed.err());
      assertTrue(typed.out().contains("Usage: quiver-coordinator"), typed.out());
      assertTrue(typed.lines().stream().allMatch(line -> line.length() <= 100), typed.out());
    }
    assertTrue(new Shell().type("shards", "--help").out().contains("--endpoint"));
    assertFalse(new Shell().type("serve", "--help").out().contains("--endpoint"));
    assertTrue(new Shell().type("--version").out().startsWith("quiver-coordinator "));
    assertTrue(new Shell().type("completion").out().startsWith("#!/usr/bin/env bash"));
  }

  @Test
  void theShippedLoggingKeepsStandardOutputForResults() throws Exception {
    LoggerContext context = shipped();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    var appender = (ch.qos.logback.core.ConsoleAppender<ILoggingEvent>) root.getAppender("STDERR");
    assertEquals("System.err", appender.getTarget());
    assertEquals(
        Level.WARN,
        context.getLogger("org.apache.ratis.server.RaftServerConfigKeys").getEffectiveLevel());
    assertEquals(
        Level.ERROR,
        context.getLogger("org.apache.ratis.grpc.server.GrpcLogAppender").getEffectiveLevel());
    context.stop();
  }

  @Test
  void jsonIsOneObjectALine() throws Exception {
    LoggerContext context = shipped();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    OutputStreamAppender<ILoggingEvent> appender = ServeLogging.json(context, out);
    Logger logger = context.getLogger("io.quiverdb.coordinator.Test");
    logger.setAdditive(false);
    logger.addAppender(appender);
    logger.info("two\nlines of {}", "text");
    logger.warn("with a cause", new IllegalStateException("boom"));
    context.stop();
    String[] lines = out.toString(StandardCharsets.UTF_8).split("\n");
    assertEquals(2, lines.length);
    JsonNode first = JsonMapper.builder().build().readTree(lines[0]);
    assertEquals("INFO", first.path("level").asText());
    assertEquals("two\nlines of text", first.path("formattedMessage").asText());
    assertTrue(first.path("timestamp").isIntegralNumber());
    JsonNode second = JsonMapper.builder().build().readTree(lines[1]);
    assertEquals("boom", second.path("throwable").path("message").asText());
  }

  @Test
  void theConfiguredLevelIsThatOfTheCoordinatorsOwnLoggers() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Level before = context.getLogger("io.quiverdb").getLevel();
    Shell shell = shell(config -> 0).with("QUIVER_INSECURE", "true");
    shell.with("QUIVER_COORDINATOR__LOG__LEVEL", "debug").type("serve");
    assertEquals(Level.DEBUG, context.getLogger("io.quiverdb").getLevel());
    context.getLogger("io.quiverdb").setLevel(before);
  }

  /** gRPC, in Ratis, writes to java.util.logging: its lines have the log's format too. */
  @Test
  void linesOfLibrariesThatKnowOnlyTheJdksLoggingGoThroughLogback() {
    shell(config -> 0).with("QUIVER_INSECURE", "true").type("serve");
    String name = "org.apache.ratis.thirdparty.io.grpc.internal.Test";
    Logger logger = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(name);
    ListAppender<ILoggingEvent> seen = new ListAppender<>();
    seen.start();
    logger.addAppender(seen);
    java.util.logging.Logger jdks = java.util.logging.Logger.getLogger(name);
    jdks.warning("a connection was refused");
    jdks.info("a step of a handshake");
    logger.detachAppender(seen);
    assertEquals(
        List.of("a connection was refused"),
        seen.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }

  /** The configuration of the jar, not that of the tests. */
  private static LoggerContext shipped() throws Exception {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Path.of("src/main/resources/logback.xml").toUri().toURL());
    return context;
  }

  private static Shell shell(ServeRunner runner) {
    return new Shell()
        .starting(new ServeStarters(runner, options -> 0, () -> 0, ServeRecovery::read));
  }
}
