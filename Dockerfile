# One image for web, worker and beat; compose.yaml says what each runs.
FROM python:3.11-slim

RUN useradd --system --uid 10001 --home-dir /srv/comity comity \
    && install -d -o comity -g comity -m 700 /var/lib/comity
WORKDIR /srv/comity
COPY requirements.txt .
RUN pip install --no-cache-dir --prefer-binary -r requirements.txt
COPY manage.py ./
COPY config config
COPY cooperation cooperation
COPY requests_app requests_app
COPY script/healthcheck.py script/healthcheck.py
USER comity
ENV PYTHONUNBUFFERED=1 COMITY_VAR=/var/lib/comity
EXPOSE 8000
CMD ["gunicorn", "config.asgi:application", "-k", "asgi", "--workers", "2", "--bind", "0.0.0.0:8000", "--keep-alive", "75"]
