// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import io.quiverdb.coordinator.config.LogConfig;
import java.io.OutputStream;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Configures Logback: the level of the coordinator's own loggers, and text or JSON. The libraries'
 * levels and the pattern of the text are in {@code logback.xml}.
 */
final class ServeLogging {
  private static final String OWN = "io.quiverdb";
  private static final String APPENDER = "STDERR";

  // A strong reference: java.util.logging forgets the level of a logger without references.
  private static final java.util.logging.Logger GRPC =
      java.util.logging.Logger.getLogger("org.apache.ratis.thirdparty.io.grpc");

  private ServeLogging() {}

  static void apply(LogConfig config) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    // gRPC logs to java.util.logging: without a bridge its lines would have another format.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    GRPC.setLevel(java.util.logging.Level.WARNING);
    context.getLogger(OWN).setLevel(Level.valueOf(config.level().name()));
    if (config.format() == LogConfig.Format.JSON) {
      Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
      root.detachAppender(APPENDER);
      root.addAppender(json(context, System.err));
    }
  }

  /** One JSON object per line; the time in milliseconds since 1970. */
  static OutputStreamAppender<ILoggingEvent> json(LoggerContext context, OutputStream out) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName(APPENDER);
    appender.setEncoder(encoder);
    appender.setOutputStream(out);
    appender.start();
    return appender;
  }
}
