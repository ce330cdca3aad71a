# The first administrator, or the demonstration.

make_people() {
    if [ "$(value_of DEMO 0)" = 1 ]; then
        manage demo --if-empty >"$work/demo" || stop "the demonstration could not be made."
        grep -q '^There are' "$work/demo" || changed "the demonstration town"
        return
    fi
    manage shell -v0 -c 'from django.contrib.auth.models import User; print(User.objects.filter(is_superuser=True).exists())' \
        >"$work/answer" || stop "the database could not be asked for accounts."
    if grep -qx False "$work/answer"; then
        password=$(secret | cut -c1-20)
        export DJANGO_SUPERUSER_PASSWORD="$password"
        manage createsuperuser --noinput --username admin --email "admin@$(value_of ALLOWED_HOSTS localhost | cut -d, -f1)" >/dev/null ||
            stop "the administrator's account could not be made; tracker-manage createsuperuser makes one."
        unset DJANGO_SUPERUSER_PASSWORD
        changed "the administrator's account"
        say "Sign in as “admin” with the password $password and change it. It is not shown again."
    fi
}
