"""What clients created is there after the server was killed and started again."""

from checks import equal, holds


def run(checks, demo, _):
    """Creates rows, kills the server at once, starts it on the same folder and reads them back."""

    def created():
        attributes = [{"identifier": f"com.example.durable{n}", "name": f"Durable {n}", "platform": "IOS"} for n in range(20)]
        made = [demo.post("/v1/bundleIds", {"data": {"type": "bundleIds", "attributes": one}}) for one in attributes]
        demo.kill()
        return made

    made = checks.check("20 bundle ids are acknowledged, then the server is killed", created)
    before = demo.url
    checks.check("the server starts again on the same folder", lambda: demo.start(before.removeprefix("http://")))
    checks.check("it has the same address", lambda: equal(demo.url, before))

    def kept():
        for one in made:
            wanted = one["data"]
            equal(demo.get(f"/v1/bundleIds/{wanted['id']}")["data"], wanted)

    checks.check("every acknowledged bundle id reads as it was answered", kept)
    checks.check("the key that was issued before still opens the door", lambda: holds(demo.get("/v1/apps")["data"], "no apps"))
