# SPDX-License-Identifier: MIT OR Apache-2.0
# The Java scenario with OpenJDK 25.
PATH=/usr/lib/jvm/java-25-openjdk-amd64/bin:$PATH
exec bash "$(dirname "$0")/../java.sh"
