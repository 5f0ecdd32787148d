// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.consensus.ratis;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.impl.RatisMetricRegistryImpl;
import org.apache.ratis.thirdparty.com.codahale.metrics.Counter;
import org.apache.ratis.thirdparty.com.codahale.metrics.Gauge;
import org.apache.ratis.thirdparty.com.codahale.metrics.Metric;
import org.apache.ratis.thirdparty.com.codahale.metrics.MetricRegistry;
import org.apache.ratis.thirdparty.com.codahale.metrics.Snapshot;
import org.apache.ratis.thirdparty.com.codahale.metrics.Timer;

/** Ratis' own metrics as plain numbers. */
final class RaftGauges {
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private RaftGauges() {}

  /**
   * A snapshot of the numbers of one member, by {@code component.metric}; a timer gives three, with
   * {@code .count}, {@code .p50_seconds} and {@code .p99_seconds} behind its name.
   */
  static Map<String, Number> of(String memberId) {
    Map<String, Number> numbers = new TreeMap<>();
    for (RatisMetricRegistry registry : MetricRegistries.global().getMetricRegistries()) {
      MetricRegistryInfo info = registry.getMetricRegistryInfo();
      // Several members may live in one process; what belongs to one begins with its id.
      if (registry instanceof RatisMetricRegistryImpl known
          && info.getPrefix().startsWith(memberId + "@")) {
        String prefix =
            MetricRegistry.name(
                info.getApplicationName(), info.getMetricsComponentName(), info.getPrefix(), "");
        known
            .getDropWizardMetricRegistry()
            .getMetrics()
            .forEach(
                (name, metric) ->
                    put(
                        numbers,
                        info.getMetricsComponentName() + "." + strip(name, prefix),
                        metric));
      }
    }
    return numbers;
  }

  private static String strip(String name, String prefix) {
    String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    return rest.startsWith(".") ? rest.substring(1) : rest;
  }

  private static void put(Map<String, Number> numbers, String name, Metric metric) {
    if (metric instanceof Gauge<?> gauge && gauge.getValue() instanceof Number value) {
      numbers.put(name, value);
    } else if (metric instanceof Counter counter) {
      numbers.put(name, counter.getCount());
    } else if (metric instanceof Timer timer) {
      Snapshot snapshot = timer.getSnapshot();
      numbers.put(name + ".count", timer.getCount());
      numbers.put(name + ".p50_seconds", snapshot.getMedian() / NANOS_PER_SECOND);
      numbers.put(name + ".p99_seconds", snapshot.get99thPercentile() / NANOS_PER_SECOND);
    }
  }
}
