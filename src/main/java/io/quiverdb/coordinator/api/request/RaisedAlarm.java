// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.api.request;

/**
 * An alarm that holds.
 *
 * @param sinceMillis since when, as far as this member has looked; of its wall clock
 */
public record RaisedAlarm(Alarm alarm, long sinceMillis) {
  /** Whether both are about the same, whatever their details say. */
  public boolean isSame(RaisedAlarm other) {
    return alarm.code().equals(other.alarm.code()) && alarm.about().equals(other.alarm.about());
  }
}
