"""GridAPPS-D's IEEE 2030.5 server, as it is (``gridappsd-2030-5``), with certificates of its own making.

Run by ``script/interop-gateway``'s Python, which has it, and not with ours. Its own way to begin wants the rest of
GridAPPS-D, of which none is needed.

usage: python serve.py FOLDER PIN DEVICE [DEVICE ...]; it says its address itself, and certificates and keys are below
``FOLDER/tls`` then.
"""

import socket
import sys
from pathlib import Path

from ieee_2030_5 import hrefs
from ieee_2030_5.certs import TLSRepository
from ieee_2030_5.config import ServerConfiguration
from ieee_2030_5.data.indexer import add_href

OPENSSL = """
[ ca ]
default_ca = kept
[ kept ]
dir = REPLACE_WITH_REPO_PATH
database = $dir/index.txt
serial = $dir/serial
new_certs_dir = $dir
default_days = 3650
default_md = sha256
policy = any
x509_extensions = device
[ any ]
countryName = optional
commonName = supplied
[ req ]
distinguished_name = none
x509_extensions = v3_ca
[ none ]
[ v3_ca ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[ device ]
basicConstraints = CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


def main() -> None:
    """Serve until it is ended."""
    folder, pin, *devices = sys.argv[1:]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    openssl = Path(folder, "openssl.cnf")
    openssl.write_text(OPENSSL)
    config = ServerConfiguration(
        openssl_cnf=str(openssl),
        tls_repository=str(Path(folder, "tls")),
        server="127.0.0.1",
        port=port,
        generate_admin_cert=True,
        server_mode="enddevices_create_on_start",
        storage_path=Path(folder, "store"),
        include_default_der_on_all_devices=False,
        devices=[{"id": each, "hostname": each, "pin": int(pin), "fsas": ["Homes"], "ders": []} for each in devices],
    )
    add_href(hrefs.get_server_config_href(), config)
    certificates = TLSRepository(
        config.tls_repository, config.openssl_cnf, config.server_hostname, clear=True, generate_admin_cert=True
    )
    for each in devices:
        certificates.create_cert(each)
    # Both look at the configuration as they are loaded.
    from ieee_2030_5.flask_server import run_server
    from ieee_2030_5.server.server_constructs import initialize_2030_5

    initialize_2030_5(config, certificates)
    run_server(config, certificates, debug=False, use_reloader=False, use_debugger=False, threaded=False)


if __name__ == "__main__":
    main()
