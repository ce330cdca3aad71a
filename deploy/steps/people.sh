# The first administrator, or the demonstration.

make_people() {
    if [ "$(value_of DEMO 0)" = 1 ]; then
        case "$(manage demo --if-empty)" in "There are"*) ;; *) changed "the demonstration town" ;; esac
        return
    fi
    if [ "$(manage shell -v0 -c 'from django.contrib.auth.models import User; print(User.objects.filter(is_superuser=True).exists())')" = False ]; then
        password=$(secret | cut -c1-20)
        export DJANGO_SUPERUSER_PASSWORD="$password"
        manage createsuperuser --noinput --username admin --email "admin@$(value_of ALLOWED_HOSTS localhost | cut -d, -f1)" >/dev/null
        unset DJANGO_SUPERUSER_PASSWORD
        changed "the administrator's account"
        say "Sign in as “admin” with the password $password and change it. It is not shown again."
    fi
}
