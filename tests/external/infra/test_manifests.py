"""Holds the manifests against the code and against each other: what a schema cannot see.

Owns promises between files. Each test names one; whether a single document is well formed is asked in test_tools.py.
"""

import itertools
import re
import tomllib

import pytest
import yaml

from manifests import (
    GATEWAY,
    NAME,
    OVERLAYS,
    PORT,
    ROOT,
    container,
    environment,
    kebab,
    labels,
    matches,
    name,
    named,
    of_kind,
    pods,
    rendered,
    services,
    targets,
)

every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)
every_rendering = pytest.mark.parametrize("overlay", [*OVERLAYS, GATEWAY])

# Crates that speak to the world outside of the cluster. Who has one of them needs the way out.
OUTWARD = {"reqwest", "mail", "object_store"}
# Whom a need leads to, at which port.
SERVERS = {"store": {("mongodb", 27017)}, "bus": {("kafka", 9092), ("nats", 4222)}, "ephemeral": {("redis", 6379)}}
URLS = {"store": {"AICHAT_MONGODB_URL"}, "bus": {"AICHAT_KAFKA_URL", "AICHAT_NATS_URL"}, "ephemeral": {"AICHAT_REDIS_URL"}}
# Kinds whose schema is not Kubernetes' own; their names are checked here only.
SECRET_MAKERS = ("Secret", "ExternalSecret")


# --- which services there are ---------------------------------------------------------------------------------------


@every_rendering
def test_the_target_table_equals_the_deployments(overlay):
    assert set(services(overlay)) == set(targets())


@every_rendering
def test_a_deployment_runs_the_target_of_its_name(overlay):
    for service, deployment in services(overlay).items():
        assert container(deployment["spec"]["template"])["args"] == ["run", "--target", service]


@every_overlay
def test_every_deployment_has_a_service_and_a_disruption_budget(overlay):
    for kind in ("Service", "PodDisruptionBudget"):
        missing = set(targets()) - set(named(overlay, kind))
        assert not missing, f"without a {kind}: {missing}"


@pytest.mark.parametrize("overlay", ["staging", "prod"])
def test_every_deployment_has_an_autoscaler_and_no_number_of_its_own(overlay):
    scaled = {scaler["spec"]["scaleTargetRef"]["name"]: scaler["spec"] for scaler in of_kind(overlay, "HorizontalPodAutoscaler")}
    assert set(scaled) == set(targets())
    for service, spec in scaled.items():
        assert spec["minReplicas"] <= spec["maxReplicas"] and spec["metrics"] and spec["behavior"], service
    assert not [service for service, deployment in services(overlay).items() if "replicas" in deployment["spec"]]


def test_the_table_of_the_local_cluster_has_the_same_services():
    table = re.search(r'^PROCESSES="\n(.*?)^"', (ROOT / "scripts/cluster.sh").read_text(), re.S | re.M)[1]
    assert {line.split()[0] for line in table.splitlines() if line.strip()} == set(targets())


# --- selectors, ports, names ----------------------------------------------------------------------------------------


@every_rendering
def test_every_selector_matches_exactly_the_pods_of_its_name(overlay):
    for document in of_kind(overlay, "Deployment", "StatefulSet", "PodDisruptionBudget"):
        found = {of for of, pod in pods(overlay).items() if matches(document["spec"]["selector"], labels(pod))}
        assert found == {name(document)}, f"{document['kind']} {name(document)} selects {found}"
    for service in of_kind(overlay, "Service"):
        selector = service["spec"].get("selector")
        if selector is None:
            assert name(service) == "nowhere"
            continue
        found = {of for of, pod in pods(overlay).items() if matches({"matchLabels": selector}, labels(pod))}
        assert found == {name(service)}, f"Service {name(service)} selects {found}"


@every_rendering
def test_every_port_that_is_named_exists(overlay):
    def has(pod: dict) -> set:
        ports = container(pod)["ports"]
        return {port["name"] for port in ports} | {port["containerPort"] for port in ports}

    for service in of_kind(overlay, "Service"):
        if "selector" in service["spec"]:
            for port in service["spec"]["ports"]:
                assert port["targetPort"] in has(pods(overlay)[name(service)]), name(service)
    for of, pod in pods(overlay).items():
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            asked = container(pod).get(probe, {})
            port = (asked.get("httpGet") or asked.get("tcpSocket") or {}).get("port")
            assert port is None or port in has(pod), f"{of} {probe}"


@every_rendering
def test_every_way_in_leads_to_a_service_and_port_that_exist(overlay):
    served = {name(service): {port["name"] for port in service["spec"]["ports"]} | {port["port"] for port in service["spec"]["ports"]} for service in of_kind(overlay, "Service")}
    backends = [
        (path["backend"]["service"]["name"], next(iter(path["backend"]["service"]["port"].values())))
        for ingress in of_kind(overlay, "Ingress")
        for rule in ingress["spec"]["rules"]
        for path in rule.get("http", {}).get("paths", [])
    ]
    backends += [
        (backend["name"], backend["port"])
        for route in of_kind(overlay, "HTTPRoute")
        for rule in route["spec"]["rules"]
        for backend in rule.get("backendRefs", [])
    ]
    assert backends or overlay == "dev"
    assert not [backend for backend in backends if backend[1] not in served.get(backend[0], ())]


@every_overlay
def test_every_configuration_secret_and_volume_that_is_named_exists_with_its_keys(overlay):
    maps = {name(document): set(document.get("data", {})) for document in of_kind(overlay, "ConfigMap")}
    secrets = {name(document): set(document.get("data", {})) for document in of_kind(overlay, "Secret")}
    secrets |= {document["spec"]["target"]["name"]: {item["secretKey"] for item in document["spec"].get("data", [])} for document in of_kind(overlay, "ExternalSecret")}
    claims = set(named(overlay, "PersistentVolumeClaim"))
    for of, pod in pods(overlay).items():
        for volume in pod["spec"].get("volumes", []):
            assert volume.get("configMap", {}).get("name") in {None, *maps}, of
            assert volume.get("secret", {}).get("secretName") in {None, *secrets}, of
            assert volume.get("persistentVolumeClaim", {}).get("claimName") in {None, *claims}, of
        for source in container(pod).get("envFrom", []):
            assert source.get("configMapRef", {}).get("name") in {None, *maps}, of
            assert source.get("secretRef", {}).get("name") in {None, *secrets}, of
        for variable in environment(pod).values():
            if wanted := variable.get("valueFrom", {}).get("secretKeyRef"):
                assert wanted["key"] in secrets[wanted["name"]], f"{of} {variable['name']}"
        mounted = {mount["name"] for mount in container(pod).get("volumeMounts", [])}
        there = {volume["name"] for volume in pod["spec"].get("volumes", [])} | {"data"}
        assert mounted <= there, of


@every_overlay
def test_every_file_that_the_configuration_names_is_mounted(overlay):
    """Secrets are files; a process that owns one has it, and no other has."""
    config = tomllib.loads((ROOT / "infra/k8s/base/aichat.toml").read_text())
    files = {"auth": config["auth"]["secretFile"], "ai-gateway": config["ai"]["secretFile"], "media": config["media"]["secretFile"], "notification": config["notification"]["secretFile"]}
    for service, deployment in services(overlay).items():
        pod = deployment["spec"]["template"]
        mounts = [mount["mountPath"] for mount in container(pod)["volumeMounts"]]
        for owner, file in files.items():
            folder, _, key = file.rpartition("/")
            assert (folder in mounts) == (service == owner), f"{service}: {file}"
            assert key == "secret"
        assert config["clusterSecretFile"].rpartition("/")[0] in mounts
        for variable in environment(pod).values():
            if variable["name"].endswith("_FILE"):
                assert variable["value"].rpartition("/")[0] in mounts, f"{service} {variable['name']}"


@every_rendering
def test_names_do_not_repeat(overlay):
    seen = [(document["kind"], name(document)) for document in rendered(overlay)]
    assert len(seen) == len(set(seen))


@every_rendering
def test_everything_is_in_the_overlays_namespace(overlay):
    (namespace,) = of_kind(overlay, "Namespace")
    wrong = [name(document) for document in rendered(overlay) if document is not namespace and document["metadata"].get("namespace") != name(namespace)]
    assert not wrong
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


# --- configuration --------------------------------------------------------------------------------------------------


def configured_links() -> dict[str, str]:
    """Returns whom the configuration names, and where."""
    config = tomllib.loads((ROOT / "infra/k8s/base/aichat.toml").read_text())
    return {kebab(key): address for key, (address,) in config["links"].items()}


def test_the_configuration_names_everybody_who_is_asked_by_the_name_of_their_service():
    asked = set(itertools.chain.from_iterable(row.asks for row in targets().values()))
    assert configured_links() == {service: f"http://{service}:{PORT}" for service in asked}


@every_rendering
def test_who_is_told_apart_is_headless_and_the_door_is_not(overlay):
    for service in named(overlay, "Service").values():
        if name(service) in targets():
            assert (service["spec"].get("clusterIP") == "None") == (name(service) != "api-gateway"), name(service)


@every_rendering
def test_a_process_knows_the_addresses_of_the_servers_it_needs_and_no_other(overlay):
    every_url = set().union(*URLS.values())
    for service, deployment in services(overlay).items():
        wanted = set().union(*(URLS[need] for need in targets()[service].needs))
        assert set(environment(deployment["spec"]["template"])) & every_url == wanted, service


@every_overlay
def test_the_port_is_the_one_that_the_process_listens_at(overlay):
    config = tomllib.loads((ROOT / "infra/k8s/base/aichat.toml").read_text())
    assert config["listen"] == f"0.0.0.0:{PORT}"
    assert {port["containerPort"] for deployment in services(overlay).values() for port in container(deployment["spec"]["template"])["ports"]} == {PORT}


@every_overlay
def test_every_key_that_is_set_is_documented(overlay):
    """Names of variables are keys of docs/aichat.toml; a key that is unknown ends a process at its start."""
    documented = keys_of((ROOT / "docs/aichat.toml").read_text())
    set_here = keys_of((ROOT / "infra/k8s/base/aichat.toml").read_text())
    for deployment in services(overlay).values():
        set_here |= {variable_key(variable) for variable in environment(deployment["spec"]["template"]) if variable.startswith("AICHAT_") and variable != "AICHAT_CONFIG"}
    for settings in of_kind(overlay, "ConfigMap"):
        set_here |= {variable_key(variable) for variable in settings["data"] if variable.startswith("AICHAT_")}
    assert len(set_here) > 20
    assert set_here <= documented, f"no such keys: {set_here - documented}"


def variable_key(variable: str) -> str:
    """Turns AICHAT_MEDIA__S3__BUCKET into media.s3.bucket."""

    def camel(words: str) -> str:
        first, *rest = words.lower().split("_")
        return first + "".join(word.capitalize() for word in rest)

    return ".".join(camel(part) for part in variable.removeprefix("AICHAT_").split("__"))


def keys_of(toml: str) -> set[str]:
    """Lists the keys of a commented configuration file, also those that are commented out."""
    keys, section = set(), ""
    for line in toml.splitlines():
        if found := re.match(r"#? ?\[([\w.]+)\]", line):
            section = found[1] + "."
        elif found := re.match(r"(?:# ?)?(\w+) = ", line):
            keys.add(section + found[1])
    return keys


@every_overlay
def test_files_of_people_are_on_a_volume_or_in_a_bucket(overlay):
    pod = services(overlay)["media"]["spec"]["template"]
    bucket = "AICHAT_MEDIA__S3__BUCKET" in environment(pod)
    folder = environment(pod).get("AICHAT_MEDIA__FOLDER", {}).get("value")
    mounts = {mount["mountPath"]: mount["name"] for mount in container(pod)["volumeMounts"]}
    claimed = {volume["name"] for volume in pod["spec"]["volumes"] if "persistentVolumeClaim" in volume}
    assert bucket or mounts.get(folder) in claimed
    assert bucket or services(overlay)["media"]["spec"]["strategy"] == {"type": "Recreate"}


# --- life and death of a pod ----------------------------------------------------------------------------------------


def rust_seconds(file: str, constant: str) -> float:
    """Reads a Duration constant of the code, in seconds."""
    value, unit = re.search(rf"const {constant}: Duration = Duration::from_(secs|millis)\(([\d_]+)\)", (ROOT / file).read_text()).group(2, 1)
    return int(value.replace("_", "")) / (1 if unit == "secs" else 1000)


@every_rendering
def test_probes_ask_routes_that_exist_and_life_never_asks_for_servers(overlay):
    routes = set(re.findall(r'\.route\(\s*"(/\w+)"', (ROOT / "crates/chassis/src/http.rs").read_text()))
    for service, deployment in services(overlay).items():
        probes = {kind: container(deployment["spec"]["template"])[kind]["httpGet"]["path"] for kind in ("startupProbe", "readinessProbe", "livenessProbe")}
        assert set(probes.values()) <= routes, service
        assert probes["livenessProbe"] == "/healthz" and probes["readinessProbe"] == "/readyz", service


@every_rendering
def test_a_pod_has_time_to_be_forgotten_and_to_stop(overlay):
    supervisor = "crates/chassis/src/supervisor.rs"
    stop = sum(rust_seconds(supervisor, constant) for constant in ("DRAINS_MAX", "WORK_MAX", "RELAYS_MAX"))
    stop += rust_seconds("crates/chassis/src/http.rs", "DRAIN_MAX")
    looked_up = rust_seconds("crates/chassis/src/link/replicas.rs", "RESOLVE_EVERY")
    for service, deployment in services(overlay).items():
        pod = deployment["spec"]["template"]
        pause = container(pod)["lifecycle"]["preStop"]["sleep"]["seconds"]
        # Names are looked up again, and what they stand for may be kept as long again on the way.
        assert pause > 2 * looked_up, service
        assert pause + stop < pod["spec"]["terminationGracePeriodSeconds"], service


@every_overlay
def test_a_machine_can_always_be_emptied(overlay):
    for budget in of_kind(overlay, "PodDisruptionBudget"):
        assert budget["spec"].get("maxUnavailable") == 1 and "minAvailable" not in budget["spec"], name(budget)


@every_overlay
def test_the_next_pod_is_ready_before_the_last_one_goes(overlay):
    for service, deployment in services(overlay).items():
        if (overlay, service) != ("dev", "media"):  # a volume that is one pod's at a time
            assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}, service


@every_rendering
def test_pods_spread_over_zones_and_machines_among_their_own(overlay):
    for service, deployment in services(overlay).items():
        spread = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert {constraint["topologyKey"] for constraint in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}, service
        for constraint in spread:
            assert NAME in constraint["matchLabelKeys"] and matches(constraint["labelSelector"], labels(deployment["spec"]["template"])), service


@every_rendering
def test_no_pod_has_rights(overlay):
    for of, pod in pods(overlay).items():
        spec, own = pod["spec"], container(pod)["securityContext"]
        assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["runAsUser"] >= 10000, of
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, of
        assert own["readOnlyRootFilesystem"] and not own["allowPrivilegeEscalation"] and own["capabilities"] == {"drop": ["ALL"]}, of
        assert spec["automountServiceAccountToken"] is False and spec["enableServiceLinks"] is False, of
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), of
        resources = container(pod)["resources"]
        assert {"cpu", "memory"} <= set(resources["requests"]) and "memory" in resources["limits"], of


# --- the network ----------------------------------------------------------------------------------------------------


def way(overlay: str, rule: dict, side: str) -> set[tuple[str, int]]:
    """Lists the pods of the namespace that a rule leads to or lets in, with the port."""
    found = set()
    for peer, port in itertools.product(rule[side], rule["ports"]):
        if "podSelector" in peer and "namespaceSelector" not in peer:
            found |= {(of, port["port"]) for of, pod in pods(overlay).items() if matches(peer["podSelector"], labels(pod))}
    return found


def open_ways(overlay: str) -> tuple[set, set]:
    """Returns which pod may go to which (by egress), and which may be come to by which (by ingress), as triples with the port."""
    out, into = set(), set()
    for policy in of_kind(overlay, "NetworkPolicy"):
        spec = policy["spec"]
        own = [of for of, pod in pods(overlay).items() if matches(spec["podSelector"], labels(pod))]
        for rule in spec.get("egress", []):
            out |= {(of, to, port) for of in own for to, port in way(overlay, rule, "to")}
        for rule in spec.get("ingress", []):
            into |= {(by, of, port) for of in own for by, port in way(overlay, rule, "from")}
    return out, into


def wanted_ways(overlay: str) -> set[tuple[str, str, int]]:
    """Returns what the target table says: services to those they ask, and to the servers they need where these are pods."""
    ways = {(service, asked, PORT) for service, row in targets().items() for asked in row.asks}
    for service, row in targets().items():
        for need in row.needs:
            ways |= {(service, server, port) for server, port in SERVERS[need] if server in pods(overlay)}
    return ways


@every_rendering
def test_every_peer_has_its_edge_on_both_ends_and_nothing_else_has(overlay):
    out, into = open_ways(overlay)
    wanted = wanted_ways(overlay)
    assert out == wanted, f"too much: {out - wanted}; missing: {wanted - out}"
    assert into == wanted, f"too much: {into - wanted}; missing: {wanted - into}"


@every_rendering
def test_all_that_is_not_named_is_forbidden(overlay):
    deny = named(overlay, "NetworkPolicy")["default-deny"]["spec"]
    assert deny["podSelector"] == {} and set(deny["policyTypes"]) == {"Ingress", "Egress"}
    assert "ingress" not in deny and [rule["ports"] for rule in deny["egress"]] == [[{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]]


@every_rendering
def test_from_other_namespaces_only_the_ingress_and_prometheus_come_in(overlay):
    outside, everybody = {}, set()
    for policy in of_kind(overlay, "NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []):
            if "from" not in rule:
                everybody.add(name(policy))
            for peer in rule.get("from", []):
                if "namespaceSelector" in peer or "ipBlock" in peer:
                    outside[name(policy)] = (policy["spec"]["podSelector"]["matchLabels"], peer)
    assert set(outside) == {"from-ingress", "from-monitoring"}
    # The Gateway's own pods are started in our namespace, by its controller.
    assert everybody == ({"gateway"} if overlay == GATEWAY else set())
    assert outside["from-ingress"][0] == {NAME: "api-gateway"}
    assert all(set(peer) == {"namespaceSelector"} and peer["namespaceSelector"]["matchLabels"] for _, peer in outside.values())


@every_rendering
def test_who_speaks_to_the_internet_may_and_nobody_else(overlay):
    outward = set()
    for service in targets():
        wanted = tomllib.loads((ROOT / "services" / service / "Cargo.toml").read_text())["dependencies"]
        if OUTWARD & set(wanted):
            outward.add(service)
    # The door's own connections are to our services only (docs/adr/0009).
    policy = named(overlay, "NetworkPolicy")["to-internet"]["spec"]
    may = {service for service, deployment in services(overlay).items() if matches(policy["podSelector"], labels(deployment["spec"]["template"]))}
    assert may == outward
    excluded = {network for rule in policy["egress"] for peer in rule["to"] for network in peer["ipBlock"]["except"]}
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= excluded


@pytest.mark.parametrize("overlay", ["staging", "prod"])
def test_production_reaches_its_servers_outside_and_has_none_of_its_own(overlay):
    assert not of_kind(overlay, "StatefulSet", "Secret", "PersistentVolumeClaim")
    for need, servers in SERVERS.items():
        rules = named(overlay, "NetworkPolicy")[f"to-{need}"]["spec"]["egress"]
        assert all("ipBlock" in peer for rule in rules for peer in rule["to"])
        assert {port["port"] for rule in rules for port in rule["ports"]} == {port for _, port in servers}


# --- the way in -----------------------------------------------------------------------------------------------------


def reserved_paths() -> list[str]:
    """Reads which paths are each process's own."""
    text = (ROOT / "services/api-gateway/src/table.rs").read_text()
    return re.findall(r'"([^"]+)"', re.search(r"const RESERVED: &\[&str\] = &\[(.*?)\];", text, re.S)[1])


@pytest.mark.parametrize("overlay", ["staging", "prod"])
def test_what_is_each_processes_own_is_kept_from_the_public(overlay):
    ways = {
        path["path"]: path["backend"]["service"]["name"]
        for ingress in of_kind(overlay, "Ingress")
        for rule in ingress["spec"]["rules"]
        for path in rule.get("http", {}).get("paths", [])
    }
    assert {path for path, service in ways.items() if service == "nowhere"} == set(reserved_paths())
    assert {service for path, service in ways.items() if path not in reserved_paths()} == {"api-gateway"}


def test_the_pods_of_the_gateway_reach_the_door_at_both_ends():
    (gateway,) = of_kind(GATEWAY, "Gateway")
    own = {"gateway.networking.k8s.io/gateway-name": name(gateway)}
    policies = named(GATEWAY, "NetworkPolicy")
    assert policies["gateway"]["spec"]["podSelector"]["matchLabels"] == own
    assert {port["port"] for port in policies["gateway"]["spec"]["ingress"][0]["ports"]} == {listener["port"] for listener in gateway["spec"]["listeners"]}
    door = {"podSelector": {"matchLabels": {NAME: "api-gateway"}}}
    assert policies["gateway"]["spec"]["egress"][0] == {"to": [door], "ports": [{"port": PORT}]}
    assert policies["from-gateway"]["spec"]["podSelector"] == door["podSelector"]
    assert policies["from-gateway"]["spec"]["ingress"] == [{"from": [{"podSelector": {"matchLabels": own}}], "ports": [{"port": PORT}]}]


def test_the_gateway_api_keeps_the_same_from_the_public():
    hidden = {
        match["path"]["value"]
        for route in of_kind(GATEWAY, "HTTPRoute")
        for rule in route["spec"]["rules"]
        if "backendRefs" not in rule
        for match in rule.get("matches", [])
    }
    assert hidden == set(reserved_paths())


@pytest.mark.parametrize("overlay", ["staging", "prod"])
def test_sockets_outlive_silence_and_files_have_no_bound(overlay):
    ingresses = named(overlay, "Ingress")
    annotations = {of: ingress["metadata"]["annotations"] for of, ingress in ingresses.items()}
    ping = int(re.search(r"#pingMs = (\d+)", (ROOT / "docs/aichat.toml").read_text())[1]) / 1000
    realtime = annotations["aichat-realtime"]
    assert realtime["nginx.org/websocket-services"] == "api-gateway"
    assert int(realtime["nginx.org/proxy-read-timeout"].rstrip("s")) > 2 * ping
    assert annotations["aichat-media"]["nginx.org/client-max-body-size"] == "0"
    answer = int(re.search(r"#answerSeconds = (\d+)", (ROOT / "docs/aichat.toml").read_text())[1])
    assert int(annotations["aichat-models"]["nginx.org/proxy-read-timeout"].rstrip("s")) > answer
    # The same numbers stand in the NGINX of compose.
    assert "client_max_body_size 2m" in (ROOT / "infra/nginx/door.conf").read_text() and annotations["aichat-web"]["nginx.org/client-max-body-size"] == "2m"


@pytest.mark.parametrize("overlay", ["staging", "prod"])
def test_one_host_is_in_every_place(overlay):
    hosts = {rule["host"] for ingress in of_kind(overlay, "Ingress") for rule in ingress["spec"]["rules"]}
    hosts |= {host for ingress in of_kind(overlay, "Ingress") for tls in ingress["spec"].get("tls", []) for host in tls["hosts"]}
    (host,) = hosts
    settings = next(document["data"] for document in of_kind(overlay, "ConfigMap") if name(document).startswith("aichat-settings"))
    assert settings["AICHAT_NOTIFICATION__PUBLIC_URL"] == f"https://{host}"


# --- images ---------------------------------------------------------------------------------------------------------


@every_rendering
def test_all_services_run_one_image_of_a_named_version(overlay):
    images = {container(deployment["spec"]["template"])["image"] for deployment in services(overlay).values()}
    assert len(images) == 1
    if overlay in OVERLAYS:
        repository, _, tag = images.pop().rpartition(":")
        assert repository == "ghcr.io/aichatwar/aichat" and tag not in {"", "latest"}


def test_production_runs_the_version_of_this_checkout():
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    assert {container(deployment["spec"]["template"])["image"].rpartition(":")[2] for deployment in services("prod").values()} == {version}


def test_no_secret_is_in_the_checkout():
    """The kinds are in the development overlay alone, where a script makes them."""
    for file in (ROOT / "infra").rglob("*.yaml"):
        if "secrets" not in file.parts:
            kinds = re.findall(r"^kind: (\w+)$", file.read_text(), re.M)
            assert "Secret" not in kinds, file
    assert yaml.safe_load((ROOT / "infra/k8s/overlays/dev/kustomization.yaml").read_text())["secretGenerator"]
